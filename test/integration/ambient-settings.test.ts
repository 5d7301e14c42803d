import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { createClients } from '../../src/aws/sdk/clients.ts';
import { localRegion } from '../../src/local/account.ts';
import { eventually } from '../support/eventually.ts';
import { startWorkerProcess } from '../support/worker-process.ts';
import { startWorld } from '../support/world.ts';

/** Each switches off, or over, something that a guard rests on, where the SDK is left to look. */
const ambient = {
  AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
  AWS_RESPONSE_CHECKSUM_VALIDATION: 'WHEN_SUPPORTED',
  AWS_MAX_ATTEMPTS: '1',
  AWS_RETRY_MODE: 'adaptive',
  AWS_DEFAULTS_MODE: 'in-region',
  AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a',
  AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true',
  AWS_S3_USE_ARN_REGION: 'true',
  AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS: 'false',
  AWS_S3_DISABLE_EXPRESS_SESSION_AUTH: 'false',
};
/** The same by the file that the SDK shares with the command line. */
const shared = `[default]
request_checksum_calculation = when_required
response_checksum_validation = when_supported
max_attempts = 1
retry_mode = adaptive
defaults_mode = in-region
auth_scheme_preference = sigv4a
disable_clock_skew_correction = true
s3_use_arn_region = true
endpoint_url = http://127.0.0.1:9
`;

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function sharedConfig(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-config-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'config'), shared);
  return join(folder, 'config');
}

/** As the data plane's template makes it where a retention is wanted. */
const locked = { objectLock: true, defaultRetention: { mode: 'GOVERNANCE', days: 1 } } as const;

describe('ambient settings of the SDK', () => {
  it.each<[string, () => Promise<Record<string, string>>]>([
    ['the environment', async () => ambient],
    ['the shared config file', async () => ({ AWS_CONFIG_FILE: await sharedConfig() })],
  ])('from %s keep no record from an isolation bucket with Object Lock', async (_, environment) => {
    const world = await startWorld({ stopped: true });
    cleanUps.push(() => world.close());
    const { store, faults } = world.aws.s3;
    store.buckets.delete(world.isolationBucket);
    store.createBucket(world.isolationBucket, locked);
    // Once is retried by the SDK.
    faults.inject({ kind: 'internal-error', when: ({ operation }) => operation === 'CopyObject', times: 1 });
    const finding = world.finding(await world.upload(world.bucket(), 'a.csv', 'secret'));
    await world.put(finding);

    const worker = startWorkerProcess({
      ...world.aws.workerEnvironment,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...(await environment()),
    });
    cleanUps.push(async () => {
      worker.kill();
      await worker.exited;
    });
    await eventually(async () => world.record(finding.id, 'isolated') !== undefined);

    expect(worker.log.lines.filter(({ event }) => event === 'handling_failed')).toEqual([]);
  });

  it('would keep records away where they were not pinned', async () => {
    const world = await startWorld({ stopped: true });
    cleanUps.push(() => world.close());
    const { name } = world.aws.s3.store.createBucket('locked', locked);
    const client = new S3Client({
      region: localRegion,
      endpoint: world.aws.s3.endpoint,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });

    const put = client.send(new PutObjectCommand({ Bucket: name, Key: 'a', Body: '{}' }));

    await expect(put).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  it('are what each client does not look at', async () => {
    for (const [name, value] of Object.entries({ ...ambient, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' })) {
      const before = process.env[name];
      process.env[name] = value;
      cleanUps.push(async () => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    }
    const clients = createClients({
      region: localRegion,
      endpoints: {},
      maximumSockets: 1,
      onDone: () => undefined,
      onS3Answer: () => undefined,
      onError: () => undefined,
    });
    cleanUps.push(async () => clients.destroy());
    const s3 = clients.s3(localRegion).config;

    for (const client of [s3, clients.receive.config, clients.settle.config, clients.sns.config]) {
      expect(await of(client.retryMode)).toBe('standard');
      expect(await of(client.defaultsMode)).toBe('legacy');
      expect(await of(client.authSchemePreference)).toEqual([]);
      expect(await client.disableClockSkewCorrection()).toBe(false);
      expect(client).toMatchObject({ ignoreConfiguredEndpointUrls: true });
    }
    const macie = (await clients.macie(localRegion)).config;
    // Its rate follows throttling, whatever the environment says.
    expect(await of(macie.retryMode)).toBe('adaptive');
    expect(await macie.maxAttempts()).toBe(3);
    expect(await of(macie.defaultsMode)).toBe('legacy');
    expect(await of(macie.authSchemePreference)).toEqual([]);
    expect(macie).toMatchObject({ ignoreConfiguredEndpointUrls: true });
    const attempts = [s3, clients.receive.config, clients.settle.config, clients.sns.config];
    expect(await Promise.all(attempts.map((config) => config.maxAttempts()))).toEqual([5, 1, 3, 2]);
    expect(await s3.requestChecksumCalculation()).toBe('WHEN_SUPPORTED');
    expect(await s3.responseChecksumValidation()).toBe('WHEN_REQUIRED');
    expect(await of(s3.useArnRegion)).toBe(false);
    expect(await of(s3.disableMultiregionAccessPoints)).toBe(true);
    expect(await of(s3.disableS3ExpressSessionAuth)).toBe(true);
  });
});

const of = async (value: unknown): Promise<unknown> => (typeof value === 'function' ? await value() : value);
