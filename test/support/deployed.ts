import { formerTemplateFolder, type RenderedTemplate, renderTemplate } from './rendered-template.ts';

export const workerAccount = '111111111111';
export const memberAccount = '222222222222';
export const region = 'eu-central-1';
export const organization = 'o-a1b2c3d4e5';
export const outcomeBus = `arn:aws:events:${region}:${workerAccount}:event-bus/outcomes`;
export const externalId = 'security-team-7';
export const breakGlass = `arn:aws:iam::${workerAccount}:role/break-glass`;
export const deployer = `arn:aws:iam::${workerAccount}:role/pipelines/deploy`;
export const releaseDesk = `arn:aws:iam::${workerAccount}:role/security/release-desk`;

const image = `${workerAccount}.dkr.ecr.${region}.amazonaws.com/macie-isolator@sha256:${'0'.repeat(64)}`;

export interface Deployed {
  readonly dataPlane: RenderedTemplate;
  readonly service: RenderedTemplate;
  readonly memberRole: RenderedTemplate;
  readonly operations: RenderedTemplate;
}

/** The templates as the README deploys them, each with the outputs of those before it; with every option on. */
export function deployed(prefix = 'macie-isolator'): Deployed {
  return deployedFrom({ prefix });
}

export type Version = '0.1.0' | 'present';

/** As between two steps of an upgrade: some templates as they are, the others as they were. */
export function deployedFrom({
  prefix = 'macie-isolator',
  dataPlane: planeVersion = 'present',
  roles = 'present',
}: {
  readonly prefix?: string;
  readonly dataPlane?: Version;
  readonly roles?: Version;
}): Deployed {
  const folderOf = (version: Version) => (version === 'present' ? undefined : formerTemplateFolder);
  const dataPlane = renderTemplate(
    'data-plane.yaml',
    workerAccount,
    region,
    {
      Prefix: prefix,
      IsolationBucketName: 'isolation',
      OrganizationId: organization,
      InvestigatorArns: `arn:aws:iam::${workerAccount}:role/forensics`,
      OperatorArns: `arn:aws:iam::${workerAccount}:role/on-call`,
      OperatorRoleArns: releaseDesk,
      DeployRoleArns: deployer,
      BreakGlassRoleArns: breakGlass,
      DataBucketVersioning: 'versioned',
    },
    folderOf(planeVersion),
  );
  const service = renderTemplate(
    'service.yaml',
    workerAccount,
    region,
    {
      ...dataPlane.outputs,
      SourceBucketNames: 'lake-raw,lake-shared-*',
      OrganizationId: organization,
      MemberRoleExternalId: externalId,
      ImageUri: image,
      SubnetIds: 'subnet-1,subnet-2',
      SecurityGroupIds: 'sg-1',
      SourceBucketNames2: 'lake-more',
      AllowedSourceRegions: 'eu-central-1,eu-west-1',
      ParameterPath: '/macie-isolator',
      OutcomeBusArn: outcomeBus,
      ...(roles === 'present' && { PolicyParameter: '/macie-isolator-policy', MayFence: 'yes' }),
    },
    folderOf(roles),
  );
  const memberRole = renderTemplate(
    'member-role.yaml',
    memberAccount,
    region,
    {
      ...dataPlane.outputs,
      ...service.outputs,
      OrganizationId: organization,
      MemberRoleExternalId: externalId,
      SourceBucketNames: 'member-*',
      SourceBucketNames2: 'lake-of-member',
      ...(roles === 'present' && {
        MayFence: 'yes',
        FenceProbeArns: ['operator', 'fence-check']
          .map((name) => `arn:aws:iam::${workerAccount}:role/${prefix}-${name}-${region}`)
          .join(),
      }),
    },
    folderOf(roles),
  );
  const operations = renderTemplate('operations.yaml', workerAccount, region, {
    ...dataPlane.outputs,
    ...service.outputs,
    // Of a service of 0.1.0 the execution role is not known.
    ExecutionRoleArn: service.outputs['ExecutionRoleArn'] ?? '',
    ImageUri: image,
    SubnetIds: 'subnet-1,subnet-2',
    SecurityGroupIds: 'sg-1',
    FenceProbeBucketNames: 'lake-raw,lake-shared-*',
    FencedBuckets: `lake-raw,${memberAccount}/member-data`,
  });
  return { dataPlane, service, memberRole, operations };
}
