import { type Answers, hasMacieStack } from './answers.ts';

/**
 * Every template of an installation in one account, in the order in which stacks are created and updated. A stack takes
 * outputs of those before it. A receiver comes before its sender: a queue exists before the rule's worker is told of
 * it, a way to Macie before the worker asks Macie, and a right before the task that uses it. Nothing comes before the
 * service that would start to send without it, so no message is lost on the way.
 */
export const templateOrder = [
  'data-plane',
  'network',
  'macie',
  'service',
  'operations',
  'cloudwatch',
  'audit',
  'evidence',
  // Deployed by hand (deploy/ecs/README.md), and taken away by `undeploy`.
  'metrics',
] as const;

export type TemplateName = (typeof templateOrder)[number];

export type Values = Readonly<Record<string, string>>;

/** One stack of an installation. */
export interface WantedStack {
  readonly template: TemplateName;
  readonly name: string;
  /** The parameters that were chosen, from the outputs of the stacks before it. Others keep their values. */
  readonly parameters: (outputs: Values) => Values;
}

export interface Installation {
  readonly answers: Answers;
  /** The image by its digest, where ECS pulls it. */
  readonly image: string;
  /** The roles that may change the installation. */
  readonly deployRoles: readonly string[];
}

export function stackName(prefix: string, template: TemplateName): string {
  return `${prefix}-${template}`;
}

/** Returns the stacks of an installation, in the order in which they are deployed. */
export function wantedStacks({ answers, deployRoles, image }: Installation): readonly WantedStack[] {
  const { also, macie, network, prefix } = answers;
  const DeployRoleArns = deployRoles.join(',');
  const ofImage = { ImageUri: image, CpuArchitecture: answers.architecture };
  const ofNetwork = network === 'own' ? {} : idsOf(network);
  const organization = { OrganizationId: answers.organizationId ?? '' };
  const chosen: Partial<Record<TemplateName, WantedStack['parameters']>> = {
    'data-plane': () => ({
      ...organization,
      AlertEmail: answers.alertEmail,
      AlarmEmail: answers.alarmEmail ?? answers.alertEmail,
      DataBucketVersioning: answers.trialBucket,
      InvestigatorArns: answers.investigators.join(','),
      OperatorArns: answers.operators.join(','),
      DeployRoleArns,
    }),
    ...(network === 'own' && { network: () => organization }),
    ...(hasMacieStack(macie) && {
      macie: () => ({ EnableMacie: macie === 'enable' ? 'yes' : 'no', ...heartbeatOf(answers) }),
    }),
    service: ({ DataBucketName }) => ({
      ...organization,
      ...ofImage,
      ...ofNetwork,
      ...sourceBuckets([...answers.sourceBuckets, ...(DataBucketName === undefined ? [] : [DataBucketName])]),
      Mode: answers.mode,
      ConfirmFindings: answers.confirmFindings,
      MemberRoleExternalId: answers.memberRoleExternalId ?? '',
    }),
    ...(also.includes('operations') && { operations: () => ({ ...ofImage, ...ofNetwork }) }),
    ...(also.includes('cloudwatch') && {
      cloudwatch: () => ({ Heartbeat: hasHeartbeat(answers) ? 'yes' : 'no' }),
    }),
    ...(also.includes('audit') && { audit: () => ({ DeployRoleArns }) }),
    ...(also.includes('evidence') && { evidence: () => ({}) }),
  };
  return templateOrder.flatMap((template) => {
    const parameters = chosen[template];
    if (parameters === undefined) return [];
    const given = template === 'metrics' ? {} : answers.parameters[template];
    return [
      {
        template,
        name: stackName(prefix, template),
        parameters: (outputs: Values) => ({ Prefix: prefix, ...parameters(outputs), ...given }),
      },
    ];
  });
}

function idsOf(network: Exclude<Answers['network'], 'own'>): Values {
  return { SubnetIds: network.subnets.join(','), SecurityGroupIds: network.securityGroups.join(',') };
}

/** The template has three parameters for the names, because IAM bounds the size of a policy. */
function sourceBuckets(names: readonly string[]): Values {
  const part = (index: number) => names.slice(index * 65, (index + 1) * 65).join(',');
  return { SourceBucketNames: part(0), SourceBucketNames2: part(1), SourceBucketNames3: part(2) };
}

/** Without an answer the template makes a heartbeat together with Macie's session. */
function heartbeatOf({ heartbeat }: Answers): Values {
  return heartbeat === undefined ? {} : { Heartbeat: heartbeat ? 'yes' : 'no' };
}

function hasHeartbeat({ heartbeat, macie }: Answers): boolean {
  return hasMacieStack(macie) && (heartbeat ?? macie === 'enable');
}
