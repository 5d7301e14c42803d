import { imageTags } from '../../aws/ecr/image-tags.ts';
import { findService, imageOf, type ServiceName } from '../../aws/ecs/service.ts';
import { parseImage } from '../../aws/registry/image-reference.ts';
import { isInEcr } from '../../core/deploy/image.ts';
import { tagOf, versionInTags } from '../../core/operate/image-version.ts';
import type { ServiceSeen } from '../../core/operate/status/sources.ts';
import type { OperatorClients } from './clients.ts';

/** Returns the service as `service.yaml` names it. */
export function serviceOf(prefix: string): ServiceName {
  return { cluster: prefix, service: `${prefix}-worker` };
}

/**
 * Returns what ECS says of the service that runs the workers, or `undefined` if it does not exist. Whoever may not look
 * at the image learns the rest.
 */
export async function askService(
  clients: OperatorClients,
  name: ServiceName,
  signal: AbortSignal,
): Promise<ServiceSeen | undefined> {
  const place = await clients.signedPlace('ecs', signal);
  const found = await findService(place, name);
  if (found === undefined) return undefined;
  const { taskDefinition, ...seen } = found;
  const image = await imageOf(place, taskDefinition).catch(() => undefined);
  if (image === undefined) return seen;
  const version = await versionOf(clients, image, signal).catch(() => undefined);
  return { ...seen, image: { name: image, ...(version !== undefined && { version }) } };
}

/** An image is deployed by its digest, and the tags of its repository name the version. */
async function versionOf(
  clients: OperatorClients,
  image: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const tag = tagOf(image);
  if (tag !== undefined) return versionInTags([tag]);
  const reference = parseImage(image);
  if (reference === undefined || !isInEcr(image)) return undefined;
  const { digest, host, repository } = reference;
  const place = await clients.signedPlace('ecr', signal, 'api.ecr');
  const [account = ''] = host.split('.');
  return versionInTags(await imageTags(place, { account, repository, digest }));
}
