import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import { parseSettings } from '../../../src/config/parse-settings.ts';
import { listSettings } from '../../../src/config/settings.ts';

const queue = 'https://sqs.us-east-1.amazonaws.com/111122223333/findings';
const least = { QUEUE_URL: queue, ISOLATION_BUCKET: 'isolation', AWS_REGION: 'us-east-1' };

/** As the SDK lists them, with a region of each. */
const partitions = [
  { id: 'aws', region: 'eu-central-1', dnsSuffix: 'amazonaws.com', dualStackDnsSuffix: 'api.aws' },
  {
    id: 'aws-cn',
    region: 'cn-north-1',
    dnsSuffix: 'amazonaws.com.cn',
    dualStackDnsSuffix: 'api.amazonwebservices.com.cn',
  },
  { id: 'aws-us-gov', region: 'us-gov-west-1', dnsSuffix: 'amazonaws.com', dualStackDnsSuffix: 'api.aws' },
  { id: 'aws-iso', region: 'us-iso-east-1', dnsSuffix: 'c2s.ic.gov', dualStackDnsSuffix: 'api.aws.ic.gov' },
  {
    id: 'aws-iso-b',
    region: 'us-isob-east-1',
    dnsSuffix: 'sc2s.sgov.gov',
    dualStackDnsSuffix: 'api.aws.scloud',
  },
  {
    id: 'aws-iso-e',
    region: 'eu-isoe-west-1',
    dnsSuffix: 'cloud.adc-e.uk',
    dualStackDnsSuffix: 'api.cloud-aws.adc-e.uk',
  },
  {
    id: 'aws-iso-f',
    region: 'us-isof-south-1',
    dnsSuffix: 'csp.hci.ic.gov',
    dualStackDnsSuffix: 'api.aws.hci.ic.gov',
  },
  {
    id: 'aws-eusc',
    region: 'eusc-de-east-1',
    dnsSuffix: 'amazonaws.eu',
    dualStackDnsSuffix: 'api.amazonwebservices.eu',
  },
];

function problemsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const parsed = parseConfig(env);
  return parsed.ok ? [] : parsed.problems;
}

describe('the settings', () => {
  it.each([
    ['policy.yaml', true],
    ['/etc/isolator/policy.yaml', true],
    ['s3://security-settings/isolator/policy.yaml', true],
    ['s3://security-settings', false],
    ['s3://Security/policy.yaml', false],
    ['s3:policy.yaml', false],
    ['ssm:/isolator/policy', true],
    ['ssm:isolator', false],
    ['ssm:/isolator/', false],
    ['https://example.com/policy.yaml', false],
  ])('take %s as POLICY_FILE: %s', (POLICY_FILE, isTaken) => {
    const problems = problemsOf({ ...least, POLICY_FILE });

    expect(problems.filter((problem) => problem.startsWith('POLICY_FILE'))).toHaveLength(isTaken ? 0 : 1);
  });

  it('take no POLICY_FILE in the isolation bucket, where workers write', () => {
    expect(problemsOf({ ...least, POLICY_FILE: 's3://isolation/policy.yaml' })).toEqual([
      expect.stringContaining('POLICY_FILE must not be in the isolation bucket'),
    ]);
  });

  it('need a queue, a bucket and a region, and have defaults for the rest', () => {
    const parsed = parseConfig(least);

    expect(parsed).toMatchObject({
      ok: true,
      config: {
        accountId: '111122223333',
        mode: 'enforce',
        concurrency: 50,
        visibilityTimeoutSeconds: 300,
        waitTimeSeconds: 20,
        backOffBaseSeconds: 5,
        backOffMaxSeconds: 3_600,
        parkAfterReceives: 20,
        allowedSourceRegions: ['us-east-1'],
        unconditionalDelete: 'never',
        port: 8080,
        endpoints: {},
      },
    });
  });

  it('take an empty value for none, and AWS_DEFAULT_REGION for the region', () => {
    expect(problemsOf({ ...least, DEAD_LETTER_QUEUE_URL: '', MODE: ' ' })).toEqual([]);
    expect(problemsOf({ ...least, AWS_REGION: '', AWS_DEFAULT_REGION: ' us-east-1 ' })).toEqual([]);
  });

  it('name every problem at once, each by its variable and without its value', () => {
    const problems = problemsOf({
      MODE: 'secret-1',
      CONCURRENCY: 'secret-2',
      PORT: '70000',
      QUEUE_URL: 'secret-3',
    });

    expect(new Set(problems.map((problem) => problem.split(' ')[0]))).toEqual(
      new Set(['AWS_REGION', 'CONCURRENCY', 'ISOLATION_BUCKET', 'MODE', 'PORT', 'QUEUE_URL']),
    );
    expect(problems).toHaveLength(6);
    expect(problems.join()).not.toContain('secret');
  });

  it('say in the words of this product that a value is too long', () => {
    const problems = problemsOf({
      ...least,
      HOST: 'h'.repeat(256),
      ISOLATION_KMS_KEY_ID: 'k'.repeat(2_049),
      POLICY_FILE: 'p'.repeat(4_097),
    });

    expect(problems).toEqual([
      'ISOLATION_KMS_KEY_ID must be the id, the ARN or an alias of a KMS key.',
      'POLICY_FILE must have at most 4096 characters.',
      'HOST must be an address or the name of a host.',
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['VISIBILITY_TIMEOUT_SECONDS', { VISIBILITY_TIMEOUT_SECONDS: '4' }],
    ['VISIBILITY_TIMEOUT_SECONDS', { VISIBILITY_TIMEOUT_SECONDS: '43201' }],
    ['WAIT_TIME_SECONDS', { WAIT_TIME_SECONDS: '0' }],
    ['WAIT_TIME_SECONDS', { WAIT_TIME_SECONDS: '21' }],
    ['MEMBER_ROLE_NAME', { MEMBER_ROLE_NAME: 'arn:aws:iam::111122223333:role/x' }],
    ['MEMBER_ROLE_EXTERNAL_ID', { MEMBER_ROLE_NAME: 'x', MEMBER_ROLE_EXTERNAL_ID: 'a b' }],
    ['MEMBER_ROLE_EXTERNAL_ID', { MEMBER_ROLE_EXTERNAL_ID: 'alone' }],
    ['CONCURRENCY', { CONCURRENCY: '0' }],
    ['CONCURRENCY', { CONCURRENCY: '1e3' }],
    ['CONCURRENCY', { CONCURRENCY: '-1' }],
    ['QUEUE_URL', { QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/findings.fifo' }],
    ['ALERT_TOPIC_ARN', { ALERT_TOPIC_ARN: 'arn:aws:sqs:us-east-1:111122223333:x' }],
    ['QUEUE_URL', { QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/?/111122223333/findings' }],
    ['QUEUE_URL', { QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/#/111122223333/findings' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 's3://isolation' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 'a..b' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: '192.168.5.4' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 'xn--isolation' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 'sthree-isolation' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 'amzn-s3-demo-bucket' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 'isolation-s3alias' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 'isolation--ol-s3' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 'isolation.mrap' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 'isolation--use1-az4--x-s3' }],
    ['ISOLATION_BUCKET', { ISOLATION_BUCKET: 'isolation--table-s3' }],
    ['ALERT_TOPIC_ARN', { ALERT_TOPIC_ARN: 'arn:aws:sns:Frankfurt:111122223333:x' }],
    ['ALLOWED_SOURCE_REGIONS', { ALLOWED_SOURCE_REGIONS: 'us-east-1,,' }],
    ['ALLOWED_SOURCE_REGIONS', { ALLOWED_SOURCE_REGIONS: 'us-east-1,unreadable' }],
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'localhost:4566' }],
    ['ISOLATION_KMS_KEY_ID', { ISOLATION_KMS_KEY_ID: 'schlüssel' }],
    ['ISOLATION_KMS_KEY_ID', { ISOLATION_KMS_KEY_ID: 'two keys' }],
    ['ISOLATION_KMS_KEY_ID', { ISOLATION_KMS_KEY_ID: 'arn:aws:kms:us-east-1:1111:key/1234' }],
    ['ISOLATION_KMS_KEY_ID', { ISOLATION_KMS_KEY_ID: 'arn:aws:kms:us-east-1:111122223333:1234' }],
    ['HOST', { HOST: 'not a host' }],
    ['HOST', { HOST: 'http://0.0.0.0' }],
    ['UNCONDITIONAL_DELETE', { UNCONDITIONAL_DELETE: 'when-unsupported' }],
    [
      'UNCONDITIONAL_DELETE',
      {
        UNCONDITIONAL_DELETE: 'when-unsupported',
        AWS_ENDPOINT_URL: 'https://s3.eu-west-1.amazonaws.com',
      },
    ],
    ['DEAD_LETTER_QUEUE_URL', { DEAD_LETTER_QUEUE_URL: queue }],
    ['DEAD_LETTER_QUEUE_URL', { DEAD_LETTER_QUEUE_URL: queue.replace('sqs', 'SQS') }],
    ['DEAD_LETTER_QUEUE_URL', { DEAD_LETTER_QUEUE_URL: queue.replace('.com/', '.com:443/') }],
    ['DEAD_LETTER_QUEUE_URL', { DEAD_LETTER_QUEUE_URL: 'https://queue.amazonaws.com/111122223333/findings' }],
    [
      'DEAD_LETTER_QUEUE_URL',
      { DEAD_LETTER_QUEUE_URL: 'https://us-east-1.queue.amazonaws.com/111122223333/findings' },
    ],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['AWS_REGION', { AWS_REGION: 'eu-west-1' }],
    ['BACKOFF_MAX_SECONDS', { BACKOFF_BASE_SECONDS: '10', BACKOFF_MAX_SECONDS: '5' }],
  ])('refuse a bad %s: %j', (name, env) => {
    const problems = problemsOf({ ...least, ...env });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} must be |^${name} must not `));
  });

  it.each(['1.2.3.4.5', '1.2.3', 'a.-b', 'xn-isolation', 's3alias', 'isolation-an', '0a1'])(
    'take the isolation bucket %s',
    (name) => {
      expect(problemsOf({ ...least, ISOLATION_BUCKET: name })).toEqual([]);
    },
  );

  it('take an isolation bucket of a stand-in that S3 would refuse, which keeps names for itself', () => {
    const env = { ...least, ISOLATION_BUCKET: 'xn--isolation', AWS_ENDPOINT_URL_S3: 'http://minio:9000' };

    expect(problemsOf(env)).toEqual([]);
  });

  it('are all checked, also in pairs, even if another setting is wrong', () => {
    const problems = problemsOf({ ...least, MODE: 'x', BACKOFF_BASE_SECONDS: '4000' });

    expect(problems).toHaveLength(2);
  });

  it.each(partitions)('take the region, topic and queue of partition $id', ({ id, region, dnsSuffix }) => {
    const url = `https://sqs.${region}.${dnsSuffix}/111122223333/findings`;
    const neighbour = region.replace(/\d+$/, '7');
    const env = {
      ...least,
      QUEUE_URL: url,
      AWS_REGION: region,
      ALLOWED_SOURCE_REGIONS: `${region}, ${neighbour}`,
      ALERT_TOPIC_ARN: `arn:${id}:sns:${region}:111122223333:alerts`,
    };

    expect(parseConfig(env)).toMatchObject({
      ok: true,
      config: { region, allowedSourceRegions: [region, neighbour] },
    });
    expect(problemsOf({ ...env, AWS_REGION: neighbour })).toContain(
      'AWS_REGION must be the region of QUEUE_URL.',
    );
  });

  it.each(
    partitions.flatMap(({ region, dnsSuffix, dualStackDnsSuffix }) => [
      `https://s3.${region}.${dnsSuffix}`,
      `https://S3.${region.toUpperCase()}.${dnsSuffix.toUpperCase()}.:443/`,
      `https://s3-fips.dualstack.${region}.${dnsSuffix}`,
      `https://bucket.vpce-0a1b2c3d-4e5f6a7b.s3.${region}.vpce.${dnsSuffix}`,
      `https://user:pass@s3.${region}.${dualStackDnsSuffix}`,
    ]),
  )('refuse deletes without a condition against AWS at %s', (endpoint) => {
    const env = { ...least, UNCONDITIONAL_DELETE: 'when-unsupported' };

    expect(problemsOf({ ...env, AWS_ENDPOINT_URL: endpoint })).toHaveLength(1);
    expect(
      problemsOf({ ...env, AWS_ENDPOINT_URL: 'http://localstack:4566', AWS_ENDPOINT_URL_S3: endpoint }),
    ).toHaveLength(1);
  });

  it.each([
    'http://localstack:4566',
    'http://aws:4566',
    'http://s3.localhost.localstack.cloud:4566',
    'https://minio.example.com/s3.amazonaws.com',
    'https://amazonaws.com.example.org',
    'http://127.0.0.1:9000',
  ])('allow deletes without a condition against the stand-in %s', (endpoint) => {
    const env = { ...least, UNCONDITIONAL_DELETE: 'when-unsupported', AWS_ENDPOINT_URL: endpoint };

    expect(problemsOf(env)).toEqual([]);
  });

  it('allow deletes without a condition against a stand-in only', () => {
    const env = {
      ...least,
      UNCONDITIONAL_DELETE: 'when-unsupported',
      AWS_ENDPOINT_URL: 'http://localstack:4566',
    };

    expect(problemsOf(env)).toEqual([]);
  });

  it('take one endpoint for all services, and another for one', () => {
    const parsed = parseConfig({
      ...least,
      AWS_ENDPOINT_URL: 'http://localstack:4566',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000',
    });

    expect(parsed).toMatchObject({
      config: {
        endpoints: {
          s3: 'http://127.0.0.1:9000',
          sqs: 'http://localstack:4566',
          sns: 'http://localstack:4566',
        },
      },
    });
  });

  it('are each described, in a group', () => {
    for (const { name, description, group } of listSettings()) {
      expect(description, name).toMatch(/^\S.{10,}\.$/);
      expect(group, name).not.toBe('');
    }
  });
});

describe('a part of the settings', () => {
  it('needs no setting of another part: a queue can be read without an isolation bucket', () => {
    const { QUEUE_URL, AWS_REGION } = least;

    expect(parseSettings({ QUEUE_URL, AWS_REGION, MODE: 'wrong' }, ['QUEUE_URL', 'AWS_REGION'])).toEqual({
      ok: true,
      settings: { QUEUE_URL, AWS_REGION },
    });
  });

  it('has its own problems, each once and without its value', () => {
    expect(parseSettings({ CONCURRENCY: 'many' }, ['QUEUE_URL', 'CONCURRENCY'])).toEqual({
      ok: false,
      problems: ['QUEUE_URL is not set, and must be.', 'CONCURRENCY must be a whole number from 1 to 1000.'],
    });
  });

  it('knows the second name of the region', () => {
    expect(parseSettings({ AWS_DEFAULT_REGION: 'eu-west-1' }, ['AWS_REGION'])).toMatchObject({
      settings: { AWS_REGION: 'eu-west-1' },
    });
  });
});
