import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyUnknown } from '../../src/compose/doctor/why-unknown.ts';
import { createOperatorClients } from '../../src/compose/operator/clients.ts';
import { type BeforeDeployment, deployChecks } from '../../src/compose/operator/deploy-checks.ts';
import { checkAnswers } from '../../src/config/deploy/read-answers.ts';
import type { GivenAnswers } from '../../src/core/deploy/answers.ts';
import { runChecks } from '../../src/core/operate/doctor/run-checks.ts';
import type { Verdict } from '../../src/core/operate/doctor/verdict.ts';
import { type LocalAws, startLocalAws } from '../../src/local/local-aws.ts';
import { type EcrStandIn, startEcr } from '../support/ecr.ts';
import { type RegistryStandIn, startRegistry } from '../support/registry.ts';
import { type SmallServices, startSmallServices } from '../support/small-services.ts';

let aws: LocalAws;
let ecr: EcrStandIn;
let registry: RegistryStandIn;
let services: SmallServices;
let image: string;
beforeEach(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  [aws, ecr, registry, services] = await Promise.all([
    startLocalAws(),
    startEcr(),
    startRegistry({ tokens: true }),
    startSmallServices(),
  ]);
  services.trails.push({
    name: 'all',
    isLogging: true,
    selectors: { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'All' }] },
  });
  image = `${registry.host}/team/macie-isolator@${registry.putImage('team/macie-isolator')}`;
});
afterEach(() => Promise.all([aws.close(), ecr.close(), registry.close(), services.close()]));

async function check(
  given: GivenAnswers = {},
  more: Partial<BeforeDeployment> = {},
): Promise<Readonly<Record<string, Verdict>>> {
  const checked = checkAnswers({
    // The stand-ins have queues of the usual name.
    prefix: 'first',
    alertEmail: 'privacy@example.com',
    sourceBuckets: 'lake-raw',
    network: 'own',
    macie: 'enabled',
    ...given,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const env = aws.workerEnvironment;
  const region = env['AWS_REGION'] ?? '';
  const clients = createOperatorClients({ ...env, AWS_REGION: region, AWS_ENDPOINT_URL: services.endpoint });
  const cloudFormation = new CloudFormationClient({ region, endpoint: services.endpoint });
  try {
    const checks = deployChecks({
      answers: checked.answers,
      callerArn: 'arn:aws:sts::000000000000:assumed-role/deploy/ada',
      image: { uri: 'unused', copyFrom: image },
      clients,
      cloudFormation,
      config: (service) => ({ region, endpoint: service === 'ECR' ? ecr.endpoint : services.endpoint }),
      stackExists: async () => Promise.resolve(false),
      signal: new AbortController().signal,
      ...more,
    });
    const verdicts: Record<string, Verdict> = {};
    for await (const { check: name, verdict } of runChecks(checks, whyUnknown)) verdicts[name] = verdict;
    return verdicts;
  } finally {
    clients.close();
    cloudFormation.destroy();
  }
}

describe('before a deployment', () => {
  it('every check is made, and all is well', async () => {
    const states = Object.entries(await check()).map(([name, { state }]) => [name, state]);

    expect(Object.fromEntries(states)).toEqual({
      account: 'ok',
      region: 'ok',
      'macie session': 'ok',
      'macie administrator': 'ok',
      names: 'ok',
      'ecs role': 'ok',
      trail: 'ok',
      network: 'ok',
      image: 'ok',
    });
    expect(
      services.signatures.every((signature) => signature.startsWith('AWS4-HMAC-SHA256 Credential=local/')),
    ).toBe(true);
  });

  it('a region without Macie’s types is named, unless nothing of Macie is deployed', async () => {
    services.missingTypes.add('AWS::Macie::FindingsFilter');

    expect((await check())['region']).toMatchObject({
      state: 'wrong',
      why: expect.stringContaining('AWS::Macie::FindingsFilter'),
    });
    const elsewhere = await check({ macie: 'elsewhere', confirmFindings: 'never' });
    expect(elsewhere['region']).toMatchObject({ state: 'ok' });
    expect(elsewhere['macie session']).toMatchObject({ state: 'ok' });
  });

  it('Macie that is not as answered is named with the answer that is right', async () => {
    expect((await check({ macie: 'enable' }))['macie session']).toMatchObject({ state: 'wrong' });
    aws.macie.account.status = 'DISABLED';
    expect((await check())['macie session']).toMatchObject({ mend: 'Answer --macie enable.' });
    const before = await check({ macie: 'enable' });
    expect(before['macie session']).toMatchObject({ state: 'ok' });
    expect(before['macie administrator']).toMatchObject({ state: 'ok' });
  });

  it('a queue of the same name is found, unless it belongs to the stack', async () => {
    const env = aws.workerEnvironment;
    const sqs = new SQSClient({
      region: env['AWS_REGION'] ?? '',
      endpoint: env['AWS_ENDPOINT_URL_SQS'] ?? '',
    });
    await sqs.send(new CreateQueueCommand({ QueueName: 'second-findings' }));
    sqs.destroy();

    expect((await check({ prefix: 'second' }))['names']).toMatchObject({
      state: 'wrong',
      why: expect.stringContaining('second-findings.'),
    });
    const stackExists = async (template: string) => Promise.resolve(template === 'data-plane');
    expect((await check({ prefix: 'second' }, { stackExists }))['names']).toMatchObject({ state: 'ok' });
  });

  it('the service-linked role of ECS is looked up', async () => {
    services.roles.clear();

    expect((await check())['ecs role']).toMatchObject({ state: 'wrong' });
  });

  it('a trail by advanced selectors counts, and one that logs reads does not', async () => {
    const select = (...FieldSelectors: unknown[]) => ({ AdvancedEventSelectors: [{ FieldSelectors }] });
    const management = { Field: 'eventCategory', Equals: ['Management'] };
    services.trails[0] = { name: 'new', isLogging: true, selectors: select(management) };
    expect((await check())['trail']).toMatchObject({ state: 'ok', note: 'new' });
    services.trails[0].selectors = select(management, { Field: 'readOnly', Equals: ['true'] });
    expect((await check())['trail']).toMatchObject({ state: 'look' });
    expect(
      (await check({ also: 'audit', parameters: { audit: { Trail: 'management' } } }))['trail'],
    ).toMatchObject({ state: 'ok' });
  });

  it('subnets are looked up, each with its zone', async () => {
    services.subnets.set('subnet-0a1b2c3d', 'us-east-1a').set('subnet-1a1b2c3d', 'us-east-1a');
    const network = 'subnet-0a1b2c3d,subnet-1a1b2c3d,sg-0a1b2c3d';

    expect((await check({ network }))['network']).toMatchObject({ state: 'wrong' });
    services.subnets.set('subnet-1a1b2c3d', 'us-east-1b');
    expect((await check({ network }))['network']).toMatchObject({ state: 'ok' });
    services.subnets.delete('subnet-1a1b2c3d');
    expect((await check({ network }))['network']).toMatchObject({
      why: 'These subnets do not exist here: subnet-1a1b2c3d.',
    });
  });

  it('an image that is not there is wrong, and a registry that cannot be reached is unknown', async () => {
    const absent = { uri: 'unused', copyFrom: image.replace(/[0-9a-f]{64}$/, '0'.repeat(64)) };
    expect((await check({}, { image: absent }))['image']).toMatchObject({ state: 'wrong' });
    const denied = { uri: 'unused', copyFrom: image };
    registry.failNext(/GET .*manifests/, (_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="private"' }).end(),
    );
    expect((await check({}, { image: denied }))['image']).toMatchObject({ state: 'wrong' });
  });

  it('a check that AWS does not answer is unknown, and the other checks are made all the same', async () => {
    services.errors.set('DescribeTrails', 'AccessDeniedException');
    services.errors.set('DescribeVpcs', 'UnauthorizedOperation');
    services.errors.set('DescribeType', 'AccessDenied');
    const verdicts = await check();

    expect(verdicts['trail']).toEqual({
      state: 'unknown',
      why: 'AWS denies the call (AccessDeniedException): use a role that may do it.',
    });
    expect(verdicts['network']).toMatchObject({ state: 'unknown' });
    expect(verdicts['region']).toMatchObject({ state: 'unknown' });
    expect(verdicts['image']).toMatchObject({ state: 'ok' });
  });
});
