import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { DestinationStream } from 'pino';
import { composeWorker } from '../../compose/worker.ts';
import { parseConfig } from '../../config/config.ts';
import { localAccount, localRegion } from '../account.ts';
import { startLocalAws } from '../local-aws.ts';
import type { DemoWorld } from './world.ts';

/** Starts the stand-ins, deploys the data plane, and starts the real worker, composed as in production. */
export async function startEmbeddedWorld({ policy }: { readonly policy?: string } = {}): Promise<DemoWorld> {
  // A worker waits for a policy that cannot be read; a demo need not.
  if (policy !== undefined) await access(policy);
  const aws = await startLocalAws({ parameters: { DataBucketVersioning: 'versioned' } });
  const { dataBucket, isolationBucket, inboxQueueUrl, bus } = aws.dataPlane;
  if (dataBucket === undefined) throw new Error('the data plane made no data bucket');
  useLocalCredentialsOnly(aws.workerEnvironment);
  const parsed = parseConfig({
    ...aws.workerEnvironment,
    CONFIRM_FINDINGS: 'macie',
    ...(policy !== undefined && { POLICY_FILE: resolve(policy) }),
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));

  const log: string[] = [];
  const logDestination: DestinationStream = { write: (line) => void log.push(line) };
  // Long polls last one second, so that stopping the worker does not wait for a poll of twenty seconds.
  const worker = composeWorker(parsed.config, { logDestination });
  const { port } = await worker.start();
  const s3 = new S3Client({ region: localRegion, endpoint: aws.s3.endpoint, forcePathStyle: true });
  const sqs = new SQSClient({ region: localRegion, endpoint: aws.queues.endpoint });
  const cli = `aws --endpoint-url ${aws.s3.endpoint}`;
  return {
    s3,
    sqs,
    account: localAccount,
    region: localRegion,
    dataBucket,
    isolationBucket,
    inboxQueueUrl,
    async put(detail) {
      aws.macie.findings.add(detail);
      await bus.put({ source: 'aws.macie', detailType: 'Macie Finding', detail });
    },
    expositions: async () => [await worker.metrics()],
    explain: () => `the worker's last lines:\n${log.slice(-20).join('')}`,
    commands: [
      ...exportsOf(aws.workerEnvironment),
      `npx macie-isolator status --url http://127.0.0.1:${port}`,
      'npx macie-isolator list --outcome isolated',
      `npx macie-isolator show s3://${dataBucket}/patients.csv`,
      "npx macie-isolator release FINDING_ID --reason 'synthetic data' --no-wait # an id that list shows",
      'npx macie-isolator reconcile --since 1d --until 1m # once the findings are a minute old',
      "npx macie-isolator pause --reason 'a look around' --for 10m",
      "npx macie-isolator resume --reason 'seen enough'",
      `${cli} s3 ls --recursive s3://${isolationBucket}`,
      `${cli} s3api list-object-versions --bucket ${dataBucket}`,
      `aws --endpoint-url ${aws.queues.endpoint} sqs list-queues`,
      `curl -s http://127.0.0.1:${port}/metrics`,
      `curl -s http://127.0.0.1:${port}/readyz`,
    ],
    async close() {
      await worker.stop('the end of the demo');
      s3.destroy();
      sqs.destroy();
      await aws.close();
    },
  };
}

/** Lets a shell use the commands of this project and of AWS with the stand-ins. */
function exportsOf(environment: Readonly<Record<string, string>>): string[] {
  const shown = Object.entries(environment).filter(
    ([name]) => name.startsWith('AWS_') || name.endsWith('QUEUE_URL') || name === 'ISOLATION_BUCKET',
  );
  const region = environment['AWS_REGION'] ?? '';
  return [...shown, ['AWS_DEFAULT_REGION', region] as const].map(
    ([name, value]) => `export ${name}=${value}`,
  );
}

/** The demo must never use real credentials or a real profile, whatever the shell has set. */
export function useLocalCredentialsOnly(environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) delete process.env[name];
  }
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('AWS_')) process.env[name] = value;
  }
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
}
