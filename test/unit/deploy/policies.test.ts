import { describe, expect, it } from 'vitest';
import type { Policy, Statement } from '../../support/authorize.ts';
import { deployed, region, workerAccount } from '../../support/deployed.ts';
import { type RenderedResource, renderTemplate } from '../../support/rendered-template.ts';

const { dataPlane, service, memberRole, operations } = deployed();
const metrics = renderTemplate('metrics.yaml', workerAccount, region, {
  ...service.outputs,
  PrometheusWorkspaceArn: `arn:aws:aps:${region}:${workerAccount}:workspace/ws-1`,
  CollectorImage: `registry/collector@sha256:${'0'.repeat(64)}`,
  VpcId: 'vpc-1',
  SubnetIds: 'subnet-1,subnet-2',
  SecurityGroupIds: 'sg-1',
});
const evidence = renderTemplate('evidence.yaml', workerAccount, region, { IsolationBucketName: 'isolation' });
const templates = [
  ['data-plane', dataPlane],
  ['service', service],
  ['member-role', memberRole],
  ['evidence', evidence],
  ['metrics', metrics],
  ['operations', operations],
  ['macie', renderTemplate('macie.yaml', workerAccount, region, { IsolationBucketName: 'isolation' })],
] as const;

/** What names no single resource, and why it cannot. */
const reasons: Readonly<Record<string, string>> = {
  ReadEncryptedObjects: 'a lake has many keys, and only objects that the role may read are decrypted',
  HandleCanariesElsewhere: 'an organization has many accounts, and gets new ones',
  EncryptTheCanary: 'a lake has many keys, and the role may handle one object of each bucket',
  LookAtMacieAndTrails: 'most of these actions know no resource',
  AssumeMemberRoles: 'an organization has many accounts, and gets new ones',
  LogInToRegistry: 'the action knows no resource',
  PullImages: 'the repositories of image and collector are the operator’s choice',
  ReadTagsOfImages: 'the repository of the image is the operator’s choice',
  PullGuardDutyAgent: 'GuardDuty has another account of AWS in each region',
  ListTasksAndServices: 'the actions know the cluster by a condition alone',
  AskWhatMacieFound: 'the action knows no resource',
  ListAndTestForMacie: 'the actions know no resource',
  CountTasksAndLogs: 'the actions know no resource',
  AskForSamples: 'the action knows no resource',
  DescribeTasksAndServices: 'tasks have their ids only once they run',
  DescribeTaskDefinitions: 'the action knows no resource',
  ProtectOwnTask: 'a task has its id only once it runs',
};

interface Found {
  readonly name: string;
  readonly resource: RenderedResource;
  readonly policy: Policy;
}

const policies: readonly Found[] = templates.flatMap(([file, { resources }]) =>
  resources.flatMap((resource) =>
    documentsOf(resource).map((policy) => ({ name: `${file} ${resource.logicalId}`, resource, policy })),
  ),
);
const allows = policies.flatMap(({ name, resource, policy }) =>
  policy.Statement.filter(({ Effect }) => Effect === 'Allow').map(
    (statement) => [`${name} ${statement.Sid ?? ''}`, statement, resource] as const,
  ),
);

describe('a policy', () => {
  it('is found in every template with roles or resources of their own policies', () => {
    expect(policies.length).toBeGreaterThan(18);
    expect(allows.length).toBeGreaterThan(30);
  });

  it.each(allows)('names its actions: %s', (_, statement, resource) => {
    // The account administers its own key; without that nobody could.
    if (resource.type === 'AWS::KMS::Key' && statement.Sid === 'AccountAdministers') return;

    expect(listed(statement.Action).filter((action) => action.includes('*'))).toEqual([]);
    expect(listed(statement.Action)).not.toEqual([]);
  });

  it.each(allows)('names its resources, or has a condition and a reason: %s', (_, statement, resource) => {
    // In the policy of a key, an asterisk is that key.
    if (resource.type === 'AWS::KMS::Key') return;
    const wide = listed(statement.Resource).filter(isWide);
    if (wide.length === 0) return;

    expect(statement.Sid !== undefined && statement.Sid in reasons, wide.join()).toBe(true);
    const isOwnTask = statement.Sid === 'ProtectOwnTask';
    expect(isOwnTask || Object.keys(statement.Condition ?? {}).length > 0, wide.join()).toBe(true);
  });

  it.each(Object.keys(reasons))('still needs the reason for %s', (sid) => {
    const statements = allows.filter(([, { Sid }]) => Sid === sid).map(([, statement]) => statement);

    expect(statements.flatMap(({ Resource }) => listed(Resource)).some(isWide)).toBe(true);
  });
});

/** Everything, or everything of a kind. A bucket's name with an asterisk was given so by the operator. */
function isWide(resource: string): boolean {
  const [, , , , account = '', ...rest] = resource.split(':');
  if (resource === '*' || account.includes('*')) return true;
  return /^(\*|(key|repository|task\/[^/]+)\/\*)/.test(rest.join(':'));
}

function listed(given: string | readonly string[] | undefined): readonly string[] {
  return given === undefined ? [] : [given].flat();
}

/** Every policy inside a resource, wherever CloudFormation has it. */
function documentsOf({ properties }: RenderedResource): Policy[] {
  const found: Policy[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('Statement' in value) found.push(value as { Statement: readonly Statement[] });
    for (const inner of Object.values(value)) walk(inner);
  };
  walk(properties);
  return found;
}
