import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FenceMode } from '../../src/core/fences.ts';
import { localRegion } from '../../src/local/account.ts';
import { readAlerts } from '../../src/local/demo/look.ts';
import { type LocalAws, startLocalAws } from '../../src/local/local-aws.ts';
import { createRandom, type Random } from '../../src/local/synthea/random.ts';
import { type Forwarder, startForwarder } from '../support/forwarder.ts';
import { readParked } from '../support/parked.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';
import { audit, takeInventory } from './audit.ts';
import { type Case, createCases, partBytes } from './cases.ts';

export interface CrashOptions {
  /** How many messages are sent, at least. */
  readonly findings: number;
  readonly seed: number;
  /** About how many calls all workers make between two kills. */
  readonly callsBetweenKills: number;
  /** When the workers fence: `off` if absent. */
  readonly fence?: FenceMode;
  readonly onProgress?: (progress: { readonly waiting: number; readonly kills: number }) => void;
}

export interface CrashReport {
  readonly messages: number;
  readonly kills: number;
  readonly cases: readonly Case[];
  /** Empty where every byte and every record is as it must be. */
  readonly problems: readonly string[];
}

const workers = 2;

/**
 * Worker processes against the stand-ins, killed in the middle of their calls and started again until
 * the queue is empty; then every byte is compared. Same seed: same findings and same kills, by the count
 * of calls; how two processes run beside each other no seed decides.
 */
export async function crashRun(options: CrashOptions): Promise<CrashReport> {
  const random = createRandom('crashes', options.seed);
  const aws = await startLocalAws();
  const sqs = new SQSClient({
    region: localRegion,
    endpoint: aws.queues.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const { store } = aws.s3;
    const { dataPlane } = aws;
    const cases = createCases(store, options.findings, random);
    const inventory = takeInventory(store);
    const bodies = cases.flatMap((one) => one.bodies);
    for (const body of bodies) {
      await sqs.send(new SendMessageCommand({ QueueUrl: dataPlane.queueUrl, MessageBody: body }));
    }
    const killing = await work(aws, sqs, random, options);
    const alerts = await readAlerts(sqs, dataPlane.inboxQueueUrl);
    const problems = audit({
      store,
      isolationBucket: dataPlane.isolationBucket,
      inventory,
      cases,
      isFencing: options.fence !== undefined && options.fence !== 'off',
      alertedFindingIds: new Set(alerts.map(({ findingId }) => findingId)),
      parked: await readParked(sqs, dataPlane.deadLetterQueueUrl),
      waiting: await waitingOn(sqs, dataPlane.queueUrl),
    });
    return {
      messages: bodies.length,
      kills: killing.kills,
      cases,
      problems: [...killing.problems, ...problems],
    };
  } finally {
    sqs.destroy();
    await aws.close();
  }
}

/** Until the queue is empty, or a worker ended by itself. */
async function work(
  aws: LocalAws,
  sqs: SQSClient,
  random: Random,
  { callsBetweenKills, fence = 'off', onProgress }: CrashOptions,
) {
  const problems: string[] = [];
  const children: (WorkerProcess | undefined)[] = [];
  const forwarders: Forwarder[] = [];
  const leaving = new Set<WorkerProcess>();
  let done = false;
  let kills = 0;
  let callsLeft = random.integer(1, 2 * callsBetweenKills);

  /**
   * Kills the one that makes this call: before it has its effect, or before its answer comes. One in four is
   * asked to end instead, as a deployment does.
   */
  const onCall = (index: number, chunk: Buffer): Buffer | undefined => {
    callsLeft -= 1;
    const child = children[index];
    if (callsLeft > 0 || child === undefined || done) return chunk;
    callsLeft = random.integer(1, 2 * callsBetweenKills);
    if (random.chance(0.25)) {
      leaving.add(child);
      child.process.kill('SIGTERM');
      return chunk;
    }
    kills += 1;
    const hasEffect = random.chance(0.5);
    // A moment for the effect, which the stand-ins have at once.
    if (hasEffect) setTimeout(() => child.kill(), random.integer(0, 3));
    else child.kill();
    return hasEffect ? chunk : undefined;
  };
  const forwarderTo = async (endpoint: string, index: number): Promise<string> => {
    const forwarder = await startForwarder(endpoint, undefined, (chunk) => onCall(index, shortPoll(chunk)));
    forwarders.push(forwarder);
    return forwarder.endpoint;
  };
  const keepRunning = async (index: number): Promise<void> => {
    const queues = await forwarderTo(aws.queues.endpoint, index);
    const environment = {
      ...aws.workerEnvironment,
      AWS_ENDPOINT_URL_S3: await forwarderTo(aws.s3.endpoint, index),
      AWS_ENDPOINT_URL_SQS: queues,
      AWS_ENDPOINT_URL_SNS: queues,
      LOG_LEVEL: 'warn',
      SHUTDOWN_TIMEOUT_MS: '5000',
      FENCE: fence,
      CONCURRENCY: '10',
      VISIBILITY_TIMEOUT_SECONDS: '5',
      BACKOFF_BASE_SECONDS: '1',
      BACKOFF_MAX_SECONDS: '2',
      MULTIPART_THRESHOLD_BYTES: String(partBytes),
      MULTIPART_PART_BYTES: String(partBytes),
      MULTIPART_CONCURRENCY: '2',
    };
    while (!done) {
      const child = startWorkerProcess(environment, [process.execPath, 'src/main.ts']);
      children[index] = child;
      const [code, signal] = await child.exited;
      children[index] = undefined;
      // SIGTERM kills only before the first line of the program runs, when nothing is in work.
      if (signal === 'SIGKILL' || signal === 'SIGTERM') continue;
      if (code === 0 && (done || leaving.has(child))) continue;
      problems.push(`a worker ended with ${code ?? signal}: ${child.errors()}`);
      done = true;
    }
  };

  const running = Promise.all(Array.from({ length: workers }, (_, index) => keepRunning(index)));
  while (!done) {
    const waiting = await waitingOn(sqs, aws.dataPlane.queueUrl);
    onProgress?.({ waiting, kills });
    if (waiting === 0) done = true;
    else await pause(100);
  }
  for (const child of children) child?.process.kill('SIGTERM');
  await running;
  await Promise.all(forwarders.map((forwarder) => forwarder.close()));
  return { kills, problems };
}

/** The stand-in gives messages to long polls whose worker is dead (aws-facts 10); of the same length, to fit its frame. */
function shortPoll(chunk: Buffer): Buffer {
  const text = chunk.toString('latin1');
  const short = text.replace('"WaitTimeSeconds":20', '"WaitTimeSeconds": 1');
  return short === text ? chunk : Buffer.from(short, 'latin1');
}

async function waitingOn(sqs: SQSClient, queueUrl: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}
