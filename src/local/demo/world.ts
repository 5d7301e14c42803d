import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { DestinationStream } from 'pino';
import { composeWorker, type Worker } from '../../compose.ts';
import { parseConfig } from '../../config.ts';
import { type LocalAws, localRegion, startLocalAws } from '../local-aws.ts';

export interface DemoWorld {
  readonly aws: LocalAws;
  readonly dataBucket: string;
  readonly worker: Worker;
  readonly workerPort: number;
  /** Clients of the demo's own, to look with. */
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** What the worker logged so far. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** The stand-ins with the data plane deployed, and the real worker, composed as in production. */
export async function startWorld(): Promise<DemoWorld> {
  const aws = await startLocalAws({ parameters: { DataBucketVersioning: 'versioned' } });
  const { dataBucket } = aws.dataPlane;
  if (dataBucket === undefined) throw new Error('the data plane made no data bucket');
  useLocalCredentialsOnly(aws.workerEnvironment);
  const parsed = parseConfig(aws.workerEnvironment);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));

  const log: string[] = [];
  const logDestination: DestinationStream = { write: (line) => void log.push(line) };
  // Long polls of a second, so that the end need not wait for one of twenty.
  const worker = composeWorker(parsed.config, { logDestination, waitTimeSeconds: 1 });
  const { port } = await worker.start();
  const s3 = new S3Client({ region: localRegion, endpoint: aws.s3.endpoint, forcePathStyle: true });
  const sqs = new SQSClient({ region: localRegion, endpoint: aws.queues.endpoint });
  return {
    aws,
    dataBucket,
    worker,
    workerPort: port,
    s3,
    sqs,
    log,
    async close() {
      await worker.stop('the end of the demo');
      s3.destroy();
      sqs.destroy();
      await aws.close();
    },
  };
}

/** Nothing of a real account may come near the demo, whatever the shell has set. */
function useLocalCredentialsOnly(environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) delete process.env[name];
  }
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('AWS_')) process.env[name] = value;
  }
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
}
