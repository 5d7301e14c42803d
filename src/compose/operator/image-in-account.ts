import type { ECRClientConfig } from '@aws-sdk/client-ecr';
import { anonymousReader, renewedBy } from '../../aws/registry/authorization.ts';
import type { RegistryPlace } from '../../aws/registry/connection.ts';
import { copyImage, imagePlatforms } from '../../aws/registry/copy-image.ts';
import { type ImageReference, originOf, parseImage } from '../../aws/registry/image-reference.ts';
import { RegistryError } from '../../aws/registry/registry-error.ts';
import { isInEcr } from '../../core/deploy/image.ts';

export interface ImageInAccount {
  /** The configuration of the client of ECR. */
  readonly ecr: ECRClientConfig;
  readonly signal: AbortSignal;
}

export interface CopyIntoAccount extends ImageInAccount {
  /** The image by its digest, in any registry. */
  readonly image: string;
  /** The repository of the account, which is created if it does not exist. */
  readonly repository: string;
  /** Begins the tag of the image. */
  readonly version: string;
  readonly progress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Returns the image as ECS pulls it: an image of ECR as it is, another one after it was copied into the account's ECR,
 * under the same digest.
 */
export async function imageInAccount(copy: CopyIntoAccount): Promise<string> {
  const { image, progress, repository, signal, version } = copy;
  if (isInEcr(image)) return image;
  const reference = referenceOf(image);
  const { createEcrClient, ensureRepository } = await import('../../aws/ecr/repository.ts');
  const client = createEcrClient(copy.ecr);
  try {
    const { authorization, origin, uri } = await ensureRepository(client, repository);
    await copyImage({
      from: sourceOf(reference, signal),
      to: { origin, repository, authorization: renewedBy(authorization, true), signal },
      digest: reference.digest,
      tag: `${version}-${reference.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`,
      ...(progress && { progress }),
    });
    return `${uri}@${reference.digest}`;
  } finally {
    client.destroy();
  }
}

/** Returns the platforms of an image, such as `linux/arm64`, as its registry shows them. */
export async function platformsOf(
  image: string,
  { ecr, signal }: ImageInAccount,
): Promise<readonly string[]> {
  const reference = referenceOf(image);
  if (!isInEcr(image)) return imagePlatforms(sourceOf(reference, signal), reference.digest);
  const { createEcrClient, ecrAuthorization, registryOrigin } = await import('../../aws/ecr/repository.ts');
  const client = createEcrClient(ecr);
  try {
    const { repository } = reference;
    // An image may lie in the ECR of another account. A stand-in is not reached by the name of its image.
    const origin = ecr.endpoint === undefined ? originOf(reference.host) : await registryOrigin(client);
    const authorization = renewedBy(() => ecrAuthorization(client), true);
    return await imagePlatforms({ origin, repository, authorization, signal }, reference.digest);
  } finally {
    client.destroy();
  }
}

function sourceOf({ host, repository }: ImageReference, signal: AbortSignal): RegistryPlace {
  const authorization = anonymousReader(repository, signal);
  return { origin: originOf(host), repository, authorization, signal };
}

function referenceOf(image: string): ImageReference {
  const reference = parseImage(image);
  if (reference === undefined) {
    throw new RegistryError('refused', 'The image must be named with its registry and its digest.');
  }
  return reference;
}
