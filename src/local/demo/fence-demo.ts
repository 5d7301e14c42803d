import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { runProgram } from '../../cli/program.ts';
import { composeWorker } from '../../compose/worker.ts';
import { parseConfig } from '../../config/config.ts';
import { prefixes } from '../../core/evidence/keys.ts';
import { localAccount, localRegion } from '../account.ts';
import { type LocalAws, startLocalAws } from '../local-aws.ts';
import { scanBucket } from '../macie/scan-bucket.ts';
import { generateTables } from '../synthea/generate.ts';
import { useLocalCredentialsOnly } from './embedded-world.ts';
import { listKeys, readRecords } from './look.ts';
import type { Progress } from './run-demo.ts';

/** What the demo of the fence saw, from a flagged object that may not be deleted to its fence being lifted. */
export interface FenceShown {
  readonly key: string;
  readonly outcome: string;
  readonly fence: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** HTTP statuses of reading the object. */
  readonly reads: {
    readonly administrator: number;
    readonly investigator: number;
    readonly afterLift: number;
  };
  /** What each command printed. */
  readonly commands: readonly { readonly line: string; readonly output: string }[];
}

const key = 'patients.csv';
const patienceMs = 60_000;
/** The stand-in's own worker has this role, and runs the commands too. */
const workerRole = `arn:aws:iam::${localAccount}:role/worker`;
const investigator = `macie-isolator-investigator-${localRegion}`;

/** Shows how an object that cannot be moved is fenced, and that reading it is refused. */
export async function runFenceDemo(progress: Progress): Promise<FenceShown> {
  const aws = await startLocalAws({ parameters: { DataBucketVersioning: 'versioned' } });
  const { bus, dataBucket: bucket = '' } = aws.dataPlane;
  useLocalCredentialsOnly(aws.workerEnvironment);
  const parsed = parseConfig({ ...aws.workerEnvironment, FENCE: 'kept' });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  const worker = composeWorker(parsed.config, { logDestination: { write: () => undefined } });
  const s3 = new S3Client({ region: localRegion, endpoint: aws.s3.endpoint, forcePathStyle: true });
  try {
    await worker.start();
    aws.sts.allow({ accountId: localAccount, name: 'macie-isolator-fence-probe' });
    const { denials } = aws.s3.store.bucket(bucket);
    denials.push({ action: 's3:DeleteObject' }, { action: 's3:DeleteObjectVersion' });
    const commands: { line: string; output: string }[] = [];
    const run = async (...argv: readonly string[]) => {
      commands.push({ line: `macie-isolator ${argv.join(' ')}`, output: await outputOf(argv, aws) });
    };
    await progress('Deny reading what has the tag, and prove it', async () => {
      await run('fence', 'policy', bucket, '--apply', '--yes', '--spare', workerRole);
      await run('fence', 'check', bucket);
    });
    const record = await progress('Flag an object that may not be deleted', async () => {
      const csv = new Map(generateTables({ seed: 1, full: false })).get('patients') ?? '';
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: csv }));
      const findings = await scanBucket(s3, { bucket, account: localAccount, region: localRegion });
      const finding = findings.find(({ resourcesAffected }) => resourcesAffected.s3Object.key === key);
      if (finding === undefined) throw new Error(`nothing was found in ${key}`);
      aws.macie.findings.add(finding);
      await bus.put({ source: 'aws.macie', detailType: 'Macie Finding', detail: finding });
      return await firstRecord(s3, aws.dataPlane.isolationBucket);
    });
    const tags = aws.s3.store.bucket(bucket).objects.get(key)?.[0]?.tags ?? [];
    const reads = await progress('Read it, lift the fence, and read it again', async () => {
      const administrator = await statusOf(aws, bucket, aws.sts.accessKeyOf(localAccount));
      const byInvestigator = await statusOf(aws, bucket, aws.sts.accessKeyOf(localAccount, investigator));
      await run('fence', 'lift', record.finding_id, '--reason', 'the end of the demo', '--yes');
      const afterLift = await statusOf(aws, bucket, aws.sts.accessKeyOf(localAccount));
      return { administrator, investigator: byInvestigator, afterLift };
    });
    const { fence, outcome } = record;
    return { key, outcome, fence: fence ?? null, tags: Object.fromEntries(tags), reads, commands };
  } finally {
    await worker.stop('the end of the demo');
    s3.destroy();
    await aws.close();
  }
}

/** The sentences in which the demo was not as it promises. */
export function fenceDifferences({ fence, outcome, reads }: FenceShown): readonly string[] {
  return [
    ...(outcome === 'retained' && fence === 'fenced'
      ? []
      : [`the object ended as ${outcome}, fence ${fence}`]),
    ...(reads.administrator === 403
      ? []
      : [`an administrator read the fenced object: ${reads.administrator}`]),
    ...(reads.investigator === 200 ? [] : [`the investigator could not read it: ${reads.investigator}`]),
    ...(reads.afterLift === 200 ? [] : [`it could not be read after the lift: ${reads.afterLift}`]),
  ];
}

export function fenceReport({ commands, fence, key: name, outcome, reads, tags }: FenceShown): string {
  const [denial, proof, lift] = commands.map(({ line, output }) => `$ ${line}\n${output.trimEnd()}`);
  const tagTexts = Object.entries(tags).map(([tag, value]) => `${tag}=${value}`);
  return [
    denial,
    proof,
    `${name} may not be deleted. It ended as ${outcome}, fence: ${fence}, with the tag ${tagTexts.join(', ')}.`,
    `Read by an administrator: ${reads.administrator}. Read by the investigator: ${reads.investigator}.`,
    lift,
    `Read by an administrator: ${reads.afterLift}.`,
  ].join('\n\n');
}

async function outputOf(argv: readonly string[], aws: LocalAws): Promise<string> {
  const written: Buffer[] = [];
  const stream = () => {
    const sink = new PassThrough();
    sink.on('data', (chunk: Buffer) => void written.push(chunk));
    return sink;
  };
  const [out, err, input] = [stream(), stream(), new PassThrough()];
  const code = await runProgram(argv, {
    out,
    err,
    input,
    env: aws.workerEnvironment,
    isInteractive: false,
    showsProgress: false,
  });
  const output = Buffer.concat(written).toString('utf8');
  if (code !== 0) throw new Error(`macie-isolator ${argv.join(' ')} ended with ${code}: ${output}`);
  return output;
}

async function firstRecord(s3: S3Client, isolationBucket: string) {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const keys = await listKeys(s3, isolationBucket, prefixes.records);
    const [record] = await readRecords(s3, isolationBucket, keys);
    if (record !== undefined) return record;
    if (performance.now() > deadline) throw new Error('the worker recorded nothing');
    await delay(100);
  }
}

async function statusOf(aws: LocalAws, bucket: string, accessKeyId: string): Promise<number> {
  const credentials = { accessKeyId, secretAccessKey: 'local' };
  const s3 = new S3Client({
    region: localRegion,
    endpoint: aws.s3.endpoint,
    forcePathStyle: true,
    credentials,
  });
  try {
    await (await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToByteArray();
    return 200;
  } catch (error) {
    return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  } finally {
    s3.destroy();
  }
}
