import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { readChangeSet } from '../../../src/aws/cloudformation/change-sets.ts';
import { readStackOutputs } from '../../../src/aws/cloudformation/stack-outputs.ts';
import { createStacks } from '../../../src/aws/cloudformation/stacks.ts';
import { trailsOf } from '../../../src/aws/cloudtrail/trails.ts';
import { ecrAuthorization, registryOrigin, repositoryUri } from '../../../src/aws/ecr/repository.ts';
import { rulesSendingTo } from '../../../src/aws/eventbridge/rules.ts';
import { simulate } from '../../../src/aws/iam/simulate.ts';
import { keyOfTopic, subscriptionsOf } from '../../../src/aws/sns/subscriptions.ts';
import { readParameters } from '../../../src/aws/ssm/parameters.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** The configuration of a client whose calls get these answers, one after another. */
async function answering(type: 'json' | 'xml', ...answers: readonly string[]) {
  const left = [...answers];
  const server = createServer((_, response) => {
    response.setHeader('content-type', type === 'xml' ? 'text/xml' : 'application/x-amz-json-1.1');
    response.end(left.shift() ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 1,
  };
}

type Config = Awaited<ReturnType<typeof answering>>;
type Asked = readonly [string, (config: Config) => Promise<unknown>, answers: readonly string[]];

const why = (error: unknown) => String((error as { code?: unknown }).code);
const xmlOf = (operation: string, result: string) =>
  `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;
const page = '<html><body>Sign in</body></html>';
const stacks = (config: Config) => createStacks(new CloudFormationClient(config));
const topic = 'arn:aws:sns:us-east-1:111122223333:topic';
const need = { to: 'read', actions: ['s3:GetObject'], resource: '*' } as Parameters<typeof simulate>[2];
const changeSet = {
  kind: 'CREATE',
  name: 'c',
  stack: 's',
  parameters: {},
  tags: {},
  template: { body: '{}' },
} as Parameters<ReturnType<typeof createStacks>['createChangeSet']>[0];

describe('an answer that is not from AWS', () => {
  it.each<Asked>([
    ['a stack', (config) => stacks(config).find('s'), [page]],
    ['the outputs of a stack', (config) => readStackOutputs('s', config), [page]],
    ['stacks that were deleted', (config) => stacks(config).deletedAt('s'), [page]],
    ['the id of a change set', (config) => stacks(config).createChangeSet(changeSet), [page, page]],
    [
      'the changes of a change set',
      (config) => readChangeSet(new CloudFormationClient(config), 'c'),
      [xmlOf('DescribeChangeSet', '<Status>CREATE_COMPLETE</Status>')],
    ],
    ['the last event of a stack', (config) => stacks(config).lastEvent('s'), [page]],
    ['the events of a stack', (config) => stacks(config).eventsAfter('s', 'e'), [page]],
    ['the resources of a stack', (config) => stacks(config).resources('s'), [page]],
    ['the subscriptions of a topic', (config) => subscriptionsOf(new SNSClient(config), topic), [page]],
    ['the key of a topic', (config) => keyOfTopic(new SNSClient(config), topic), [page]],
    ['what a role may do', (config) => simulate(new IAMClient(config), 'role', need), [page]],
  ])('says nothing about %s', async (_, ask, answers) => {
    await expect(ask(await answering('xml', ...answers))).rejects.toMatchObject({
      code: expect.stringContaining('AnswerWithout'),
    });
  });

  const rules = '{"RuleNames":["r"]}';
  it.each<Asked>([
    ['trails', (config) => trailsOf(new CloudTrailClient(config), why), ['{}']],
    ['rules', (config) => rulesSendingTo(new EventBridgeClient(config), 'a'), ['{}']],
    [
      'the state of a rule',
      (config) => rulesSendingTo(new EventBridgeClient(config), 'a'),
      [rules, '{}', '{"Targets":[]}'],
    ],
    [
      'the targets of a rule',
      (config) => rulesSendingTo(new EventBridgeClient(config), 'a'),
      [rules, '{"State":"ENABLED"}', '{}'],
    ],
    ['a repository', (config) => repositoryUri(new ECRClient(config), 'r'), ['{}']],
    ['the token of a registry', (config) => ecrAuthorization(new ECRClient(config)), ['{}']],
    ['the place of a registry', (config) => registryOrigin(new ECRClient(config)), ['{}']],
    ['parameters', (config) => readParameters('/isolator', config), ['{}']],
  ])('says nothing about %s', async (_, ask, answers) => {
    await expect(ask(await answering('json', ...answers))).rejects.toMatchObject({
      code: expect.stringContaining('AnswerWithout'),
    });
  });

  it.each([
    [['{}', '{"EventSelectors":[]}'], 'AnswerWithoutValue'],
    [['{"IsLogging":true}', '{}'], 'AnswerWithoutList'],
  ])('leaves a trail unknown: %j', async (answers, unknown) => {
    const config = await answering('json', '{"trailList":[{"Name":"t","TrailARN":"arn"}]}', ...answers);

    expect(await trailsOf(new CloudTrailClient(config), why)).toStrictEqual([{ name: 't', unknown }]);
  });
});

describe('an empty list of AWS', () => {
  it('says that there is nothing', async () => {
    const empty = xmlOf('DescribeStackResources', '<StackResources/>');
    const deleted = xmlOf('ListStacks', '<StackSummaries/>');
    const subscriptions = xmlOf('ListSubscriptionsByTopic', '<Subscriptions/>');

    expect(await stacks(await answering('xml', empty)).resources('s')).toEqual([]);
    expect(await stacks(await answering('xml', deleted)).deletedAt('s')).toBeUndefined();
    expect(await subscriptionsOf(new SNSClient(await answering('xml', subscriptions)), topic)).toEqual([]);
    expect(await readParameters('/isolator', await answering('json', '{"Parameters":[]}'))).toEqual({});
  });

  it('ends where the pages of parameters come round, or where the next page has no name', async () => {
    const page = '{"Parameters":[{"Name":"/isolator/MODE","Value":"dry-run"}],"NextToken":"again"}';
    const last = '{"Parameters":[{"Name":"/isolator/MODE","Value":"dry-run"}],"NextToken":""}';
    const read = (...answers: string[]) =>
      answering('json', ...answers).then((config) => readParameters('/isolator', config));

    await expect(read(page, page)).rejects.toMatchObject({ code: 'EndlessListing' });
    expect(await read(page, last)).toEqual({ MODE: 'dry-run' });
  });

  it('is no error of a trail whose selectors are of one kind', async () => {
    const selectors =
      '{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]}]}';
    const config = await answering(
      'json',
      '{"trailList":[{"Name":"t","TrailARN":"arn"}]}',
      '{"IsLogging":true}',
      selectors,
    );

    expect(await trailsOf(new CloudTrailClient(config), why)).toStrictEqual([
      { name: 't', isLogging: true, logsChanges: true },
    ]);
  });
});
