import { setTimeout as delay } from 'node:timers/promises';
import { Network, type StartedNetwork, Wait } from 'testcontainers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/local/synthea/random.ts';
import { eventually } from '../support/eventually.ts';
import { findingAbout, type Uploaded } from '../support/uploaded.ts';
import {
  isolationBucket,
  type LocalStack,
  startLocalStack,
  workerEnvironment,
} from './support/local-stack.ts';
import { startWorkerContainer, type WorkerContainer } from './support/worker-container.ts';

const mib = 1024 ** 2;

let network: StartedNetwork;
let aws: LocalStack;
let worker: WorkerContainer;
/** How many copies earlier tests left. */
let earlier: number;

beforeAll(async () => {
  network = await new Network().start();
  aws = await startLocalStack(network);
});
beforeEach(async () => {
  earlier = (await aws.copies()).length;
  worker = await startWorkerContainer({
    network,
    environment: {
      ...workerEnvironment,
      VISIBILITY_TIMEOUT_SECONDS: '5',
      MULTIPART_THRESHOLD_BYTES: String(5 * mib),
      MULTIPART_PART_BYTES: String(5 * mib),
    },
    waitStrategy: Wait.forHttp('/readyz', 8080),
  });
});
afterEach(() => worker?.close());
afterAll(async () => {
  await aws?.close();
  await network?.stop();
});

interface Flagged {
  readonly object: Uploaded;
  readonly body: string;
  readonly findingId: string;
}

/** Uploads objects, one of them large enough for parts, and puts a finding about each on the bus. */
async function flagMany(bucket: string, name: string, count: number): Promise<readonly Flagged[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const body = index === 0 ? `${name} `.repeat(6 * mib).slice(0, 6 * mib) : `${name} ${index}`;
      const object = await aws.upload(bucket, `${name}/${index}.csv`, body);
      const finding = findingAbout(object);
      await aws.put(finding);
      return { object, body, findingId: finding.id };
    }),
  );
}

/** Each in exactly one place, each recorded, and nothing left over anywhere. */
async function expectAllIsolated(flagged: readonly Flagged[]): Promise<void> {
  for (const { object, body, findingId } of flagged) {
    // A redelivery after the record may have left one of `already_isolated` too.
    const record = await aws.recorded(findingId, 'isolated');
    expect(await aws.text(isolationBucket, record.isolation_key ?? '')).toBe(body);
    expect(await aws.versions(object.bucket, object.key)).toEqual([]);
  }
  expect(await aws.copies()).toHaveLength(earlier + flagged.length);
  await eventually(async () => (await aws.waiting()) === 0);
  expect(await aws.parked()).toEqual([]);
}

describe('a worker in the middle of work', () => {
  it('ends on SIGTERM with code 0, and the next one does what it left', async () => {
    const bucket = await aws.bucket('Enabled');
    const flagged = await flagMany(bucket, 'drained', 40);
    await eventually(async () => (await aws.copies()).length > earlier);
    await worker.signal('SIGTERM');

    expect(await worker.exited()).toBe(0);
    const log = await worker.log();
    expect(log.map(({ event }) => event)).toContain('shutting_down');
    expect(log.at(-1)).toMatchObject({ event: 'stopped' });
    await worker.start();
    await expectAllIsolated(flagged);
  });

  it('loses nothing where it is killed, twenty times, at random moments', async () => {
    const seed = Date.now();
    const random = createRandom(seed);
    const bucket = await aws.bucket('Enabled');
    const flagged: Flagged[] = [];
    const delays: number[] = [];
    for (let kill = 0; kill < 20; kill += 1) {
      flagged.push(...(await flagMany(bucket, `kill-${kill}`, 5)));
      delays.push(random.integer(0, 300));
      await delay(delays.at(-1));
      await worker.signal('SIGKILL');
      expect(await worker.exited()).toBe(137);
      await worker.start();
    }

    await expectAllIsolated(flagged).catch((error: unknown) => {
      throw new Error(`after kills at ${delays.join(', ')} ms (seed ${seed})`, { cause: error });
    });
  });
});
