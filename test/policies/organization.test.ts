import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../support/authorize.ts';
import { deployed, deployer, memberAccount, region, workerAccount } from '../support/deployed.ts';
import { renderTemplate } from '../support/rendered-template.ts';

const managementAccount = '999999999999';
const stackRole = 'AWSCloudFormationStackSetExecutionRole';
const template = renderTemplate('organization.yaml', managementAccount, region, {
  TargetIds: `ou-ab12-cdefgh34,${workerAccount}`,
  DeployRoleArns: deployer,
});
const [policy] = template.resources.map(({ properties }) => properties['Content'] as Policy);
const { service, memberRole } = deployed();

/** What IAM says to a role that may do everything, below the policy of its organization. */
async function verdict(role: string, [action, resource]: Asked, without?: string): Promise<string> {
  const [, , , , account = '', name = ''] = role.split(':');
  const statements = policy?.Statement.filter(({ Sid }) => Sid !== without) ?? [];
  const allowAll = { Effect: 'Allow' as const, Action: '*', Resource: '*' };
  const document = (Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/${name.split('/').at(-1)}/session`,
        action,
        resource: { resource, accountId: account },
        contextVariables: { 'aws:PrincipalArn': role, 'aws:PrincipalAccount': account },
      },
      identityPolicies: [{ name: 'all', policy: document([allowAll]) }],
      serviceControlPolicies: [
        {
          orgIdentifier: 'r-ab12',
          policies: [
            { name: 'FullAWSAccess', policy: document([allowAll]) },
            { name: 'RolesStay', policy: document(statements) },
          ],
        },
      ],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType !== 'single') throw new Error(JSON.stringify(answer));
  return answer.overallResult;
}

type Asked = readonly [action: string, resource: string];

const inMember = (name: string) => `arn:aws:iam::${memberAccount}:role/${name}`;
const member = memberRole.arn('MemberRole');
const worker = service.arn('WorkerRole');
const flaggedObjects = `arn:aws:iam::${memberAccount}:policy/StackSet-macie-isolator-member-1-FlaggedObjects-2`;
const lookIntoBuckets = `arn:aws:iam::${memberAccount}:policy/StackSet-macie-isolator-member-1-LookIntoBuckets2-3`;

/** What CloudFormation calls where it updates the stack of the member role, and where it deletes it. */
const stackCalls: readonly Asked[] = [
  ...[
    'CreateRole',
    'UpdateRole',
    'UpdateRoleDescription',
    'UpdateAssumeRolePolicy',
    'PutRolePolicy',
    'AttachRolePolicy',
    'PutRolePermissionsBoundary',
    'TagRole',
    'UntagRole',
    'DeleteRolePermissionsBoundary',
    'DetachRolePolicy',
    'DeleteRolePolicy',
    'DeleteRole',
  ].map((action) => [`iam:${action}`, member] as const),
  ...['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion', 'DeletePolicy'].flatMap(
    (action) => [[`iam:${action}`, flaggedObjects] as const, [`iam:${action}`, lookIntoBuckets] as const],
  ),
];

describe('the stack of the member role', () => {
  it.each(stackCalls)('is updated and deleted by the role that deploys it: %s on %s', async (...asked) => {
    expect(await verdict(inMember(stackRole), asked)).toBe('Allowed');
  });

  it.each(stackCalls)('is neither updated nor deleted by an administrator: %s on %s', async (...asked) => {
    expect(await verdict(inMember('administrator'), asked)).toBe('ExplicitlyDenied');
    // A name that a pattern with an asterisk would admit by its path.
    expect(await verdict(inMember(`${stackRole}/administrator`), asked)).toBe('ExplicitlyDenied');
    expect(await verdict(inMember(`x/${stackRole}`), asked)).toBe('ExplicitlyDenied');
  });
});

describe('the role of the worker', () => {
  const passes = ['iam:PassRole', worker] as const;

  it('is passed to tasks by the role that deploys, and by nobody else', async () => {
    expect(await verdict(deployer, passes)).toBe('Allowed');
    expect(await verdict(`arn:aws:iam::${workerAccount}:role/administrator`, passes)).toBe(
      'ExplicitlyDenied',
    );
  });

  it.each(['investigator', 'operator', 'worker'])(
    'is made and changed by the role that deploys alone, as that of the %s is',
    async (name) => {
      const asked = [
        'iam:CreateRole',
        `arn:aws:iam::${workerAccount}:role/macie-isolator-${name}-${region}`,
      ] as const;
      expect(await verdict(deployer, asked)).toBe('Allowed');
      expect(await verdict(`arn:aws:iam::${workerAccount}:role/administrator`, asked)).toBe(
        'ExplicitlyDenied',
      );
    },
  );
});

it('the policy leaves other roles to their accounts', async () => {
  const asked = ['iam:PutRolePolicy', inMember('etl')] as const;
  expect(await verdict(inMember('administrator'), asked)).toBe('Allowed');
});

it.each(policy?.Statement.map(({ Sid = '' }) => Sid) ?? [])('a statement is needed: %s', async (sid) => {
  const asked = [...stackCalls, ['iam:PassRole', worker] as const];
  const administrator = ([, resource]: Asked) =>
    `${resource.split(':').slice(0, 5).join(':')}:role/administrator`;
  const verdicts = await Promise.all(asked.map((each) => verdict(administrator(each), each, sid)));

  expect(verdicts).toContain('Allowed');
});

it('the policy has the size that AWS takes', () => {
  expect(JSON.stringify(policy).length).toBeLessThan(5_120);
});
