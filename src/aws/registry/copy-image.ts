import { jsonOf } from '../../core/json.ts';
import { copyBlob, openBlob } from './blobs.ts';
import type { RegistryPlace } from './connection.ts';
import {
  boundedBytes,
  hasManifest,
  type Manifest,
  objectOf,
  putManifest,
  readManifest,
} from './manifests.ts';
import { errorOfStatus, RegistryError } from './registry-error.ts';
import { verified } from './verified.ts';

export interface CopyImage {
  readonly from: RegistryPlace;
  readonly to: RegistryPlace;
  readonly digest: string;
  /** The name in the other registry. An image without a tag is the first that a lifecycle rule removes. */
  readonly tag: string;
  readonly progress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Copies an image of all its platforms. Parts that are there already are not sent again, so an interrupted copy can be repeated. The
 * manifest comes last: an image that can be named is whole.
 */
export async function copyImage(copy: CopyImage): Promise<'copied' | 'present'> {
  const { digest, from, progress = () => undefined, tag, to } = copy;
  if (await hasManifest(to, digest)) return 'present';
  const manifests = await readImage(from, digest);
  const blobs = new Map(manifests.flatMap((manifest) => manifest.blobs).map((blob) => [blob.digest, blob]));
  const total = [...blobs.values()].reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const blob of blobs.values()) {
    await copyBlob(from, to, blob, (bytes) => {
      done += bytes;
      progress(done, total);
    });
  }
  for (const manifest of manifests) {
    const isWhole = manifest.digest === digest;
    let status = await putManifest(to, manifest, isWhole ? tag : manifest.digest);
    // The tag may name another image, and immutable tags stay. The image is used by its digest anyway.
    if (isWhole && !isStored(status)) status = await putManifest(to, manifest, digest);
    if (!isStored(status)) throw errorOfStatus(status, `Storing the image in ${to.repository}`);
  }
  return 'copied';
}

function isStored(status: number): boolean {
  return status === 201 || status === 200;
}

/** Returns all manifests of an image, each after those that it names. */
async function readImage(place: RegistryPlace, digest: string): Promise<readonly Manifest[]> {
  const whole = await readManifest(place, digest);
  const children: Manifest[] = [];
  for (const child of whole.children) {
    const manifest = await readManifest(place, child.digest);
    if (manifest.children.length > 0) {
      throw new RegistryError('refused', `${digest} is an index of indexes, which cannot be copied.`);
    }
    children.push(manifest);
  }
  return [...children, whole];
}

/** Returns the platforms of an image, such as `linux/arm64`. */
export async function imagePlatforms(place: RegistryPlace, digest: string): Promise<readonly string[]> {
  const { children, config } = await readManifest(place, digest);
  if (config === undefined) return children.flatMap(({ platform }) => platform ?? []);
  const bytes = await boundedBytes(
    verified(await openBlob(place, config.digest), config),
    Math.min(config.size, 1024 * 1024),
  );
  const { architecture, os } = objectOf(jsonOf(Buffer.from(bytes).toString('utf8')));
  return typeof architecture === 'string' && typeof os === 'string' ? [`${os}/${architecture}`] : [];
}
