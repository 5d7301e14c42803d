import { jsonOf } from '../../core/json.ts';
import type { ServiceSeen } from '../../core/operate/status/sources.ts';
import { listOf } from '../sdk/answered.ts';
import { type SignedPlace, signedJsonCall } from '../sdk/signed-call.ts';

/** The service of ECS that runs the workers. */
export interface ServiceName {
  readonly cluster: string;
  readonly service: string;
}

export interface FoundService extends Omit<ServiceSeen, 'image'> {
  readonly taskDefinition: string;
}

interface Deployment {
  readonly status?: string;
  readonly rolloutState?: string;
  readonly failedTasks?: number;
}

interface Service {
  readonly status?: string;
  readonly desiredCount?: number;
  readonly runningCount?: number;
  readonly pendingCount?: number;
  readonly taskDefinition?: string;
  readonly deployments?: readonly Deployment[];
}

/** Returns what ECS says of a service, or `undefined` if it does not exist. Errors are passed on. */
export async function findService(
  place: SignedPlace,
  { cluster, service }: ServiceName,
): Promise<FoundService | undefined> {
  const answer = await ask(place, 'DescribeServices', { cluster, services: [service] });
  const [found] = listOf(answer['services'] as readonly Service[] | undefined, 'DescribeServices');
  const { deployments = [], desiredCount, pendingCount, runningCount, taskDefinition } = found ?? {};
  // ECS shows a deleted service as INACTIVE for a while.
  if (found?.status === 'INACTIVE' || desiredCount === undefined || runningCount === undefined)
    return undefined;
  return {
    desired: desiredCount,
    running: runningCount,
    pending: pendingCount ?? 0,
    deployment: deploymentOf(deployments),
    taskDefinition: taskDefinition ?? '',
  };
}

/** Returns the image of the container that does the work. */
export async function imageOf(place: SignedPlace, taskDefinition: string): Promise<string | undefined> {
  const answer = await ask(place, 'DescribeTaskDefinition', { taskDefinition });
  const { containerDefinitions = [] } = (answer['taskDefinition'] ?? {}) as {
    readonly containerDefinitions?: readonly { readonly name?: string; readonly image?: string }[];
  };
  return (containerDefinitions.find(({ name }) => name === 'worker') ?? containerDefinitions[0])?.image;
}

/** A deployment whose tasks fail is failing before ECS gives it up and rolls it back. */
function deploymentOf(deployments: readonly Deployment[]): ServiceSeen['deployment'] {
  const isFailing = deployments.some(
    ({ failedTasks = 0, rolloutState }) =>
      rolloutState === 'FAILED' || (rolloutState === 'IN_PROGRESS' && failedTasks > 0),
  );
  if (isFailing) return 'failing';
  return deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS') ? 'in-progress' : 'done';
}

async function ask(
  place: SignedPlace,
  operation: string,
  input: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const text = await signedJsonCall(place, `AmazonEC2ContainerServiceV20141113.${operation}`, input);
  return (jsonOf(text) ?? {}) as Readonly<Record<string, unknown>>;
}
