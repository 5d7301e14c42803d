import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Deployed } from './deployed.ts';
import { memberAccount, organization, region, workerAccount } from './deployed.ts';
import type { RenderedTemplate } from './rendered-template.ts';

export interface Policy {
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [other: string]: unknown;
}

/** Who asks: a role in some account, with what its own policies allow. */
export interface Principal {
  readonly account: string;
  /** Its path before its name, where it has one. */
  readonly role: string;
  readonly policies: readonly Policy[];
  /** Absent: another organization, or none. */
  readonly organization?: string;
}

export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Whose the resource is. */
  readonly owner: string;
  /** A key of several values has a list. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

type Verdict = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';

const everything: Policy = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** What IAM would say, by the policies of roles and resources as the templates render them. */
export function createAuthorizer(
  { dataPlane, service, memberRole, operations }: Deployed,
  /** A statement to leave out, by its resource and Sid: what it stops is allowed then. */
  without?: readonly [resource: string, sid: string],
  /** Policies of resources that no template has, by their ARNs. */
  further: readonly (readonly [arn: string, policy: Policy])[] = [],
) {
  const all = new Map<string, Policy>([
    ...policiesOf(dataPlane, 'AWS::S3::BucketPolicy', ({ Bucket }) => [`arn:aws:s3:::${String(Bucket)}`]),
    ...policiesOf(dataPlane, 'AWS::SNS::TopicPolicy', ({ Topics }) => Topics as string[]),
    ...policiesOf(dataPlane, 'AWS::SQS::QueuePolicy', ({ Queues }) =>
      (Queues as string[]).map((url) => `arn:aws:sqs:${region}:${workerAccount}:${url.split('/').at(-1)}`),
    ),
    ...dataPlane.resources
      .filter(({ type }) => type === 'AWS::KMS::Key')
      .map(
        ({ logicalId, properties }) =>
          [dataPlane.arn(logicalId), properties['KeyPolicy']] as [string, Policy],
      ),
    ...further,
    ...[service, memberRole, operations].flatMap((template) =>
      template.resources
        .filter(({ type }) => type === 'AWS::IAM::Role')
        .map(
          ({ logicalId, properties }) =>
            [template.arn(logicalId), properties['AssumeRolePolicyDocument']] as [string, Policy],
        ),
    ),
  ]);
  const resourcePolicies = new Map(
    [...all].map(([arn, policy]) => {
      const left = policy.Statement.filter(({ Sid }) => arn !== without?.[0] || Sid !== without[1]);
      return [arn, { Statement: left }] as const;
    }),
  );

  return {
    /** Every statement of a resource's policy that denies: the resource and the Sid. */
    denials: [...all].flatMap(([arn, { Statement }]) =>
      Statement.filter(({ Effect }) => Effect === 'Deny').map(({ Sid = '' }) => [arn, Sid] as const),
    ),
    worker: principal(workerAccount, service, 'WorkerRole'),
    member: principal(memberAccount, memberRole, 'MemberRole'),
    investigator: principal(workerAccount, dataPlane, 'InvestigatorRole', operations),
    operator: principal(workerAccount, dataPlane, 'OperatorRole', operations),
    reconciliation: principal(workerAccount, operations, 'ReconciliationRole'),
    fenceCheck: principal(workerAccount, operations, 'FenceCheckRole'),
    fenceProbe: principal(workerAccount, operations, 'FenceProbeRole'),
    /** The template of 0.1.0 has no such role. */
    get memberFenceProbe() {
      return principal(memberAccount, memberRole, 'FenceProbeRole');
    },
    /** Of the account that holds the evidence, with all that an administrator may do. */
    administrator: admin(workerAccount, 'administrator'),
    admin,

    verdict(who: Principal, request: Request): Promise<Verdict> {
      const name = who.role.split('/').at(-1) ?? '';
      return simulate(`arn:aws:sts::${who.account}:assumed-role/${name}/session`, who.policies, request, {
        'aws:PrincipalArn': `arn:aws:iam::${who.account}:role/${who.role}`,
        'aws:PrincipalAccount': who.account,
        'aws:PrincipalIsAWSService': 'false',
        ...(who.organization !== undefined && { 'aws:PrincipalOrgID': who.organization }),
      });
    },

    /** What a service of AWS asks by itself has no role, and so no `aws:PrincipalArn`. */
    serviceVerdict(service: string, request: Request): Promise<Verdict> {
      return simulate(service, [], request, { 'aws:PrincipalIsAWSService': 'true' });
    },
  };

  async function simulate(
    principal: string,
    policies: readonly Policy[],
    request: Request,
    context: Readonly<Record<string, string>>,
  ): Promise<Verdict> {
    const [bucket = ''] = request.resource.split('/');
    const isS3 = request.resource.startsWith('arn:aws:s3');
    const resourcePolicy = resourcePolicies.get(isS3 ? bucket : request.resource) ?? keyPolicy(request);
    const answer = await runSimulation(
      {
        request: {
          principal,
          action: request.action,
          resource: { resource: request.resource, accountId: request.owner },
          contextVariables: {
            'aws:ResourceAccount': request.owner,
            'aws:ResourceOrgID': organization,
            'aws:SecureTransport': 'true',
            ...context,
            ...Object.fromEntries(
              Object.entries(request.context ?? {}).map(([key, value]) => [
                key,
                typeof value === 'string' ? value : [...value],
              ]),
            ),
          },
        },
        identityPolicies: policies.map((policy, index) => ({
          name: String(index),
          policy: versioned(policy),
        })),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...(resourcePolicy && { resourcePolicy: versioned(resourcePolicy) }),
      },
      {},
    );
    if (answer.resultType !== 'single') throw new Error(JSON.stringify(answer));
    // An unknown context key is ignored without a word, and with it the condition that is to be tested.
    const ignored = answer.result.ignoredContextKeys ?? [];
    if (ignored.length > 0) throw new Error(`${request.action} knows no ${ignored.join(', ')}`);
    return answer.overallResult;
  }
}

function admin(account: string, role: string): Principal {
  return { account, role, organization, policies: [everything] };
}

function principal(
  account: string,
  template: RenderedTemplate,
  logicalId: string,
  more?: RenderedTemplate,
): Principal {
  const [, role = ''] = /:role\/(.*)/.exec(template.arn(logicalId)) ?? [];
  return { account, role, organization, policies: policiesOfRole(template, logicalId, more) };
}

/** Those that are part of the role, and those that its template, or one more, puts beside it. */
export function policiesOfRole(
  template: RenderedTemplate,
  logicalId: string,
  more?: RenderedTemplate,
): Policy[] {
  const role = template.resources.find((resource) => resource.logicalId === logicalId);
  if (!role) throw new Error(`no role ${logicalId}`);
  const own = (role.properties['Policies'] ?? []) as readonly { PolicyDocument: Policy }[];
  const name = template.arn(logicalId).split('/').at(-1);
  const attached = (role.properties['ManagedPolicyArns'] ?? []) as readonly string[];
  const beside = [...template.resources, ...(more?.resources ?? [])].filter(
    ({ logicalId: id, type, properties }) => {
      if (type === 'AWS::IAM::RolePolicy') return properties['RoleName'] === name;
      const { Roles = [] } = properties as { Roles?: readonly unknown[] };
      return (
        type === 'AWS::IAM::ManagedPolicy' && (Roles.includes(name) || attached.includes(template.arn(id)))
      );
    },
  );
  return [
    ...own.map(({ PolicyDocument }) => PolicyDocument),
    ...beside.map(({ properties }) => properties['PolicyDocument'] as Policy),
  ];
}

/** The actions that the policies allow on some resource. */
export function allowedActions(policies: readonly Policy[]): string[] {
  const statements = policies
    .flatMap(({ Statement }) => Statement)
    .filter(({ Effect }) => Effect === 'Allow');
  return [...new Set(statements.flatMap(({ Action = [] }) => [Action].flat()))].sort();
}

function policiesOf(
  template: RenderedTemplate,
  type: string,
  arnsOf: (properties: Readonly<Record<string, unknown>>) => readonly string[],
): [string, Policy][] {
  return template.resources
    .filter((resource) => resource.type === type)
    .flatMap(({ properties }) =>
      arnsOf(properties).map((arn): [string, Policy] => [arn, properties['PolicyDocument'] as Policy]),
    );
}

/** The key of a source bucket, which admits its account, as keys do that nobody has restricted. */
function keyPolicy({ action, owner }: Request): Policy | undefined {
  if (!action.startsWith('kms:')) return undefined;
  const root = { AWS: `arn:aws:iam::${owner}:root` };
  return { Statement: [{ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }] };
}

function versioned(policy: Policy) {
  return { Version: '2012-10-17', ...policy };
}
