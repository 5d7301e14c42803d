import { furtherTemplates, type GivenAnswers } from './answers.ts';
import type { TemplateName } from './installation.ts';
import type { Stack } from './stack/stacks.ts';

/**
 * Returns the answers that the stacks of an installation were deployed with, so that an update changes only what somebody
 * answers anew. The image is left out: another version of this command brings another image. What cannot be known, because the first deployment did not come that far, is left out.
 */
export function answersOfStacks(stacks: ReadonlyMap<TemplateName, Stack>): GivenAnswers {
  const dataPlane = stacks.get('data-plane')?.parameters ?? {};
  const service = stacks.get('service')?.parameters;
  const trialBucket = stacks.get('data-plane')?.outputs['DataBucketName'];
  const given: GivenAnswers = {
    alertEmail: dataPlane['AlertEmail'],
    alarmEmail: dataPlane['AlarmEmail'],
    trialBucket: dataPlane['DataBucketVersioning'],
    investigators: dataPlane['InvestigatorArns'],
    operators: dataPlane['OperatorArns'],
    organizationId: dataPlane['OrganizationId'],
    deployRoles: dataPlane['DeployRoleArns'],
    network: networkOf(stacks),
    ...macieOf(stacks),
    sourceBuckets: service && sourceBuckets(service).filter((name) => name !== trialBucket),
    mode: service?.['Mode'],
    confirmFindings: service?.['ConfirmFindings'],
    memberRoleExternalId: service?.['MemberRoleExternalId'],
    architecture: service?.['CpuArchitecture'],
    ...(stacks.size > 0 && { also: furtherOf(stacks) }),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
}

/** The stack of operations comes before the other further ones: where it is absent beside one of them, nobody chose it. */
function furtherOf(stacks: ReadonlyMap<TemplateName, Stack>): readonly string[] {
  const found = furtherTemplates.filter((name) => stacks.has(name));
  return found.length === 0 ? ['operations'] : found;
}

function sourceBuckets(service: Stack['parameters']): readonly string[] {
  const { SourceBucketNames = '', SourceBucketNames2 = '', SourceBucketNames3 = '' } = service;
  return [SourceBucketNames, SourceBucketNames2, SourceBucketNames3]
    .flatMap((names) => names.split(','))
    .filter((name) => name !== '');
}

/** A network that an earlier answer made can still be there, although the service has other subnets now. */
function networkOf(stacks: ReadonlyMap<TemplateName, Stack>) {
  const made = stacks.get('network');
  const service = stacks.get('service')?.parameters;
  if (service === undefined) return made && 'own';
  const { SecurityGroupIds = '', SubnetIds = '' } = service;
  if (made !== undefined && made.outputs['SubnetIds'] === SubnetIds) return 'own';
  return { subnets: SubnetIds.split(','), securityGroups: SecurityGroupIds.split(',') };
}

/** The stack of Macie comes before that of the service. */
function macieOf(stacks: ReadonlyMap<TemplateName, Stack>): GivenAnswers {
  const macie = stacks.get('macie')?.parameters;
  if (macie === undefined) {
    const confirms = stacks.get('service')?.parameters['ConfirmFindings'];
    if (confirms === undefined) return {};
    return { macie: confirms === 'macie' ? 'by-hand' : 'elsewhere' };
  }
  const { EnableMacie, Heartbeat } = macie;
  return {
    macie: EnableMacie === 'yes' ? 'enable' : 'enabled',
    ...(Heartbeat !== 'with-session' && { heartbeat: Heartbeat }),
  };
}
