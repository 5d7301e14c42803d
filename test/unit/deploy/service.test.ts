import { describe, expect, it } from 'vitest';
import { loadTemplate } from '../../../src/aws/cloudformation/load-template.ts';
import { policyPlace } from '../../../src/config/policy/policy-place.ts';
import { policiesOfRole } from '../../support/authorize.ts';
import { deployed, externalId, memberAccount, region, workerAccount } from '../../support/deployed.ts';
import { parseFilterPattern } from '../../support/filter-pattern.ts';
import { type RenderedTemplate, renderTemplate, templateFolder } from '../../support/rendered-template.ts';

const { dataPlane, service } = deployed();
const render = (parameters: Readonly<Record<string, string>>) =>
  renderTemplate('service.yaml', workerAccount, region, {
    ...dataPlane.outputs,
    SourceBucketNames: 'lake',
    ImageUri: 'image',
    SubnetIds: 'subnet-1',
    SecurityGroupIds: 'sg-1',
    ...parameters,
  });
const propertiesOf = ({ resources }: RenderedTemplate, logicalId: string) =>
  resources.find((resource) => resource.logicalId === logicalId)?.properties ?? {};

const environmentOf = (template: RenderedTemplate) => {
  const [container] = propertiesOf(template, 'TaskDefinition')['ContainerDefinitions'] as {
    Environment: { Name: string; Value: string }[];
  }[];
  return container?.Environment ?? [];
};

describe('the names of source buckets', () => {
  const longest = Array.from(
    { length: 65 },
    (_, index) => `${String(index).padStart(2, '0')}${'b'.repeat(61)}`,
  );
  const shortest = Array.from({ length: 65 }, (_, index) => `b${String(index).padStart(2, '0')}`);
  const lists = (names: readonly string[]) => ({
    SourceBucketNames: names.join(','),
    SourceBucketNames2: names.map((name) => name.replace('b', 'c')).join(','),
    SourceBucketNames3: names.map((name) => name.replace('b', 'd')).join(','),
  });
  const rendered = {
    service: render(lists(longest)),
    member: renderTemplate('member-role.yaml', memberAccount, region, {
      ...dataPlane.outputs,
      ...service.outputs,
      OrganizationId: 'o-a1b2c3d4e5',
      MemberRoleExternalId: externalId,
      ...lists(longest),
    }),
  };

  it.each([
    ['service', rendered.service, 'WorkerRole'],
    ['member', rendered.member, 'MemberRole'],
  ] as const)('three lists of 65 as long as can be fit IAM: %s', (_, template, role) => {
    const managed = template.resources.filter(({ type }) => type === 'AWS::IAM::ManagedPolicy');
    const sizes = managed.map(({ properties }) => JSON.stringify(properties['PolicyDocument']).length);
    const inside = template.resources
      .filter(({ type }) => type === 'AWS::IAM::RolePolicy')
      .map(({ properties }) => properties['PolicyDocument'])
      .concat((propertiesOf(template, role)['Policies'] ?? []) as unknown[]);

    expect(managed).toHaveLength(6);
    expect(Math.max(...sizes)).toBeLessThan(6144);
    expect(JSON.stringify(inside).length).toBeLessThan(10_240);
    const resources = policiesOfRole(template, role)
      .flatMap(({ Statement }) => Statement)
      .flatMap(({ Resource = [] }) => [Resource].flat());
    expect(resources).toContain(`arn:aws:s3:::${longest[64]}`);
    expect(resources).toContain(`arn:aws:s3:::${longest[64]?.replace('b', 'd')}/*`);
  });

  it.each(['service.yaml', 'member-role.yaml'])('a list takes 65 names and no more: %s', (file) => {
    const pattern = new RegExp(
      loadTemplate(templateFolder + file).Parameters['SourceBucketNames']?.AllowedPattern ?? '^$',
    );

    expect(shortest.join(',')).toMatch(pattern);
    expect([...shortest, 'one-more'].join(',')).not.toMatch(pattern);
    // The longest value that CloudFormation takes.
    expect(longest.join(',').length).toBeGreaterThan(4096);
  });

  it('an asterisk alone is every bucket of a member account, and nothing in the account of the worker', () => {
    const patternOf = (file: string) =>
      new RegExp(loadTemplate(templateFolder + file).Parameters['SourceBucketNames']?.AllowedPattern ?? '');

    expect('*').toMatch(patternOf('member-role.yaml'));
    expect('*').not.toMatch(patternOf('service.yaml'));
    expect('lake,*').not.toMatch(patternOf('member-role.yaml'));
  });
});

describe('the question to Macie', () => {
  const environmentOf = (parameters: Readonly<Record<string, string>>) => {
    const [container] = propertiesOf(render(parameters), 'TaskDefinition')['ContainerDefinitions'] as [
      { Environment: readonly { Name: string; Value: string }[] },
    ];
    return container.Environment.find(({ Name }) => Name === 'CONFIRM_FINDINGS')?.Value;
  };
  const mayAsk = (parameters: Readonly<Record<string, string>>) =>
    policiesOfRole(render(parameters), 'WorkerRole')
      .flatMap(({ Statement }) => Statement)
      .filter(({ Action = [] }) => [Action].flat().some((action) => action.startsWith('macie2:')))
      .map(({ Action }) => Action);

  it('is asked unless it is switched off, and the role may do no more of Macie than that', () => {
    expect(environmentOf({})).toBe('macie');
    expect(mayAsk({})).toEqual(['macie2:GetFindings']);
  });

  it('needs no permission where nobody asks', () => {
    expect(environmentOf({ ConfirmFindings: 'never' })).toBe('never');
    expect(mayAsk({ ConfirmFindings: 'never' })).toEqual([]);
  });
});

describe('the task', () => {
  it('has one container: others would have the role of the worker', () => {
    const definitions = service.resources.filter(({ type }) => type === 'AWS::ECS::TaskDefinition');

    expect(definitions).toHaveLength(1);
    expect(definitions[0]?.properties['ContainerDefinitions']).toHaveLength(1);
  });

  it.each([
    ['/', 'macie-isolator-member'],
    ['/security/isolator/', 'security/isolator/macie-isolator-member'],
  ])('names the member role with the path %s', (RolePath, name) => {
    const template = render({ RolePath, OrganizationId: 'o-a1b2c3d4e5', MemberRoleExternalId: externalId });

    expect(environmentOf(template)).toContainEqual({ Name: 'MEMBER_ROLE_NAME', Value: name });
    expect(JSON.stringify(policiesOfRole(template, 'WorkerRole'))).toContain(
      `arn:aws:iam::*:role${RolePath}macie-isolator-member`,
    );
  });

  it('sends outcomes to OutcomeBusArn, under its own name, and to no other bus', () => {
    const bus = `arn:aws:events:${region}:${workerAccount}:event-bus/outcomes`;
    const template = render({ OutcomeBusArn: bus });
    const statements = policiesOfRole(template, 'WorkerRole')
      .flatMap(({ Statement }) => Statement)
      .filter(({ Action = [] }) => [Action].flat().some((action) => action.startsWith('events:')));

    expect(environmentOf(template)).toContainEqual({ Name: 'OUTCOME_BUS_ARN', Value: bus });
    expect(statements).toEqual([
      {
        Sid: 'SendOutcomes',
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Resource: bus,
        Condition: {
          'ForAllValues:StringEquals': { 'events:source': 'macie-isolator' },
          Null: { 'events:source': false },
        },
      },
    ]);
  });

  it('sends no outcome, and may send none, without OutcomeBusArn', () => {
    const template = render({});

    expect(environmentOf(template)).toContainEqual({ Name: 'OUTCOME_BUS_ARN', Value: '' });
    expect(JSON.stringify(policiesOfRole(template, 'WorkerRole'))).not.toContain('events:');
  });

  it('reads other settings under ParameterPath, and may read nothing else of Parameter Store', () => {
    const template = render({ ParameterPath: '/security/isolator' });
    const statements = policiesOfRole(template, 'WorkerRole')
      .flatMap(({ Statement }) => Statement)
      .filter(({ Action = [] }) => [Action].flat().some((action) => action.startsWith('ssm:')));

    expect(environmentOf(template)).toContainEqual({ Name: 'PARAMETER_PATH', Value: '/security/isolator' });
    expect(statements).toEqual([
      {
        Sid: 'ReadSettings',
        Effect: 'Allow',
        Action: 'ssm:GetParametersByPath',
        Resource: `arn:aws:ssm:${region}:${workerAccount}:parameter/security/isolator`,
      },
    ]);
  });

  it('reads no parameters, and may read none, without ParameterPath', () => {
    const template = render({});

    expect(environmentOf(template).map(({ Name }) => Name)).not.toContain('PARAMETER_PATH');
    expect(JSON.stringify(policiesOfRole(template, 'WorkerRole'))).not.toContain('ssm:');
  });

  it.each([
    [
      { PolicyObject: 'security/isolator/policy.yaml' },
      's3://security/isolator/policy.yaml',
      {
        's3:GetObject': 'arn:aws:s3:::security/isolator/policy.yaml',
        'kms:Decrypt': `arn:aws:kms:${region}:${workerAccount}:key/*`,
      },
    ],
    [
      { PolicyParameter: '/isolator/policy' },
      'ssm:/isolator/policy',
      { 'ssm:GetParameter': `arn:aws:ssm:${region}:${workerAccount}:parameter/isolator/policy` },
    ],
  ])('reads the policy of %j, and may read nothing beside it', (parameters, value, permissions) => {
    const template = render(parameters);
    const added = template.resources.filter(({ logicalId }) => logicalId.startsWith('Policy'));

    expect(environmentOf(template)).toContainEqual({ Name: 'POLICY_FILE', Value: value });
    expect(policyPlace(value)).toBeDefined();
    expect(added).toHaveLength(1);
    const document = added[0]?.properties['PolicyDocument'] as
      | { Statement: { Action: string; Resource: string }[] }
      | undefined;
    expect(
      Object.fromEntries((document?.Statement ?? []).map(({ Action, Resource }) => [Action, Resource])),
    ).toEqual(permissions);
  });

  it('may publish to the topics that rules name, and to nothing beside them', () => {
    const topics = ['privacy', 'legal'].map((name) => `arn:aws:sns:${region}:${workerAccount}:${name}`);
    const added = (parameters: Record<string, string>) =>
      render(parameters).resources.filter(({ logicalId }) => logicalId === 'RuleAlertsPolicy');

    expect(added({})).toEqual([]);
    expect(added({ RuleAlertTopicArns: topics.join(',') })[0]?.properties['PolicyDocument']).toMatchObject({
      Statement: [
        { Action: 'sns:Publish', Resource: topics },
        { Condition: { StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': topics } } },
      ],
    });
  });

  it('reads no policy, and may read none, without a parameter that names it', () => {
    const template = render({});

    expect(environmentOf(template).map(({ Name }) => Name)).not.toContain('POLICY_FILE');
    expect(template.resources.filter(({ logicalId }) => logicalId.startsWith('Policy'))).toEqual([]);
  });

  it.each(['/', '/a/', 'a', '/*', '/a/*'])('does not take %s for a ParameterPath', (path) => {
    const pattern = loadTemplate(`${templateFolder}service.yaml`).Parameters['ParameterPath']?.AllowedPattern;

    expect(path).not.toMatch(new RegExp(pattern ?? ''));
    expect('/security/isolator').toMatch(new RegExp(pattern ?? '^$'));
  });

  it('hands its tags to what it starts', () => {
    expect(propertiesOf(service, 'Service')).toMatchObject({ PropagateTags: 'SERVICE' });
  });
});

describe('an alarm', () => {
  it('rings for a finding that keeps failing, which the age of the queue leaves out', () => {
    const { FilterPattern } = propertiesOf(service, 'RetriedFindingsFilter');
    const failed = (attempt: number) => ({ event: 'handling_failed', attempt });

    expect(parseFilterPattern(String(FilterPattern))(failed(6))).toBe(true);
    expect(parseFilterPattern(String(FilterPattern))(failed(5))).toBe(false);
    expect(propertiesOf(service, 'RetriedFindingsAlarm')).toMatchObject({
      MetricName: 'RetriedFindings',
      Threshold: 0,
    });
  });

  it('of the age looks at messages that wait, so that one long copy rings nowhere and adds no task', () => {
    expect(propertiesOf(dataPlane, 'OldestFindingAlarm')).toMatchObject({
      Metrics: expect.arrayContaining([expect.objectContaining({ Expression: 'IF(waiting > 0, age, 0)' })]),
    });
    expect(JSON.stringify(service.resources)).not.toContain('ApproximateAgeOfOldestMessage');
    expect(propertiesOf(service, 'StandingBacklogAlarm')).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Minimum',
    });
  });

  it('stands as long as a halt does', () => {
    const cloudwatch = renderTemplate('cloudwatch.yaml', workerAccount, region, {
      LogGroupName: 'log',
      AlarmTopicArn: 'arn',
    });
    const matches = parseFilterPattern(
      String(propertiesOf(cloudwatch, 'IsolationRefusedFilter')['FilterPattern']),
    );

    for (const event of ['isolation_refused', 'isolation_probe_failed']) {
      expect(matches({ event }), event).toBe(true);
    }
    expect(matches({ event: 'isolation_allowed' })).toBe(false);
  });

  it('rings when an alert reached nobody', () => {
    const { Metrics } = propertiesOf(service, 'AlertsReachNobodyAlarm') as {
      Metrics: { MetricStat?: { Metric: { MetricName: string; Dimensions: unknown } } }[];
    };
    const metrics = Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);

    expect(metrics.map(({ MetricName }) => MetricName)).toEqual([
      'NumberOfMessagesPublished',
      'NumberOfNotificationsDelivered',
      'NumberOfNotificationsFilteredOut',
      'NumberOfNotificationsFailed',
    ]);
    for (const { Dimensions } of metrics) {
      expect(Dimensions).toEqual([{ Name: 'TopicName', Value: 'macie-isolator-alerts' }]);
    }
  });
});

describe('a notice of a failed deployment', () => {
  it('goes to the topic of alarms without a role, and what is not delivered to a queue with an alarm', () => {
    const { Targets } = propertiesOf(service, 'DeploymentFailedRule') as { Targets: object[] };

    expect(Targets).toEqual([
      {
        Id: 'alarm-topic',
        Arn: `arn:aws:sns:${region}:${workerAccount}:macie-isolator-alarms`,
        DeadLetterConfig: {
          Arn: `arn:aws:sqs:${region}:${workerAccount}:macie-isolator-notices-dead-letter`,
        },
      },
    ]);
    expect(propertiesOf(service, 'UndeliveredNoticesAlarm')).toMatchObject({
      Dimensions: [{ Name: 'QueueName', Value: 'macie-isolator-notices-dead-letter' }],
    });
  });

  // The documentation of EventBridge: no conditions in the policy of a topic.
  it('is admitted by a statement without a condition', () => {
    const { PolicyDocument } = propertiesOf(dataPlane, 'AlarmTopicPolicy') as {
      PolicyDocument: { Statement: { Sid: string; Condition?: unknown }[] };
    };

    expect(PolicyDocument.Statement.find(({ Sid }) => Sid === 'EventsPublish')).not.toHaveProperty(
      'Condition',
    );
  });
});
