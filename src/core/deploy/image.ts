import { domainOf } from '../partition.ts';

/** Where an installation lies. */
export interface Place {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
}

/** The image of an installation. */
export interface DeployedImage {
  /** As ECS pulls it, by its digest. */
  readonly uri: string;
  /** The image to copy into the account's ECR; absent if `uri` is there already, or lies in another ECR. */
  readonly copyFrom?: string;
}

export interface ImageChoice {
  /** The image that a person chose. */
  readonly chosen: string | undefined;
  /** The image that was released with this version. */
  readonly released: string | undefined;
  /** The image of the service that runs. */
  readonly running: string | undefined;
}

export const noImage =
  'This version has no released image. Build it and push it to a registry (deploy/ecs/README.md, "Image"), then give it by ' +
  'its digest: --image ghcr.io/example/macie-isolator@sha256:…';

/** The registry of an account, from which ECS pulls with its own role. */
const ecrHost = /^\d{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\./;

export function isInEcr(image: string): boolean {
  return ecrHost.test(image);
}

/** Returns the image to deploy into the repository, or `undefined` if no image is known (`noImage`). */
export function imageToDeploy(
  { chosen, released, running }: ImageChoice,
  place: Place,
  repository: string,
): DeployedImage | undefined {
  const image = chosen ?? released ?? running;
  if (image === undefined) return undefined;
  if (isInEcr(image)) return { uri: image };
  return { uri: `${repositoryUri(place, repository)}@${image.split('@')[1] ?? ''}`, copyFrom: image };
}

/** Returns the host of a service that has no own rule for its hosts. */
export function endpointOf(
  service: string,
  { partition, region }: Pick<Place, 'partition' | 'region'>,
): string {
  return `https://${service}.${region}.${domainOf(partition)}`;
}

function repositoryUri({ account, partition, region }: Place, repository: string): string {
  return `${account}.dkr.ecr.${region}.${domainOf(partition)}/${repository}`;
}
