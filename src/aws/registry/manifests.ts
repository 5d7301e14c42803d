import { jsonOf } from '../../core/json.ts';
import { ask, discard, type RegistryPlace } from './connection.ts';
import { errorOfStatus, RegistryError } from './registry-error.ts';
import { type Descriptor, digestOf, wrongBytes } from './verified.ts';

/** A manifest of one image, or the index of the manifests of several platforms. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  /** As it was read: other bytes would have another digest. */
  readonly bytes: Uint8Array;
  /** Manifests of an index. */
  readonly children: readonly (Descriptor & { readonly platform?: string })[];
  /** Configuration and layers of an image. */
  readonly blobs: readonly Descriptor[];
  readonly config?: Descriptor;
}

const mediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** Registries accept no larger manifest. */
const maximumBytes = 4 * 1024 * 1024;

export async function hasManifest(place: RegistryPlace, digest: string): Promise<boolean> {
  const answer = await ask(place, `manifests/${digest}`, { method: 'HEAD', headers: accept() });
  await discard(answer);
  if (answer.ok) return true;
  if (answer.status === 404) return false;
  throw errorOfStatus(answer.status, `Looking for the image ${place.repository}@${digest}`);
}

/** Reads a manifest and throws an error unless its bytes have the digest. */
export async function readManifest(place: RegistryPlace, digest: string): Promise<Manifest> {
  const answer = await ask(place, `manifests/${digest}`, { method: 'GET', headers: accept() });
  if (answer.status !== 200 || answer.body === null) {
    await discard(answer);
    throw errorOfStatus(answer.status, `Reading the image ${place.repository}@${digest}`);
  }
  const bytes = await boundedBytes(answer.body, maximumBytes);
  if (digestOf(bytes) !== digest) throw wrongBytes(digest);
  const mediaType = answer.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
  if (!mediaTypes.includes(mediaType)) throw notUnderstood(digest);
  return { digest, mediaType, bytes, ...contentOf(bytes, digest) };
}

export async function putManifest(
  place: RegistryPlace,
  { bytes, mediaType }: Manifest,
  reference: string,
): Promise<number> {
  const answer = await ask(place, `manifests/${reference}`, {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: bytes,
  });
  await discard(answer);
  return answer.status;
}

/** Reads all bytes, and throws an error as soon as there are too many. */
export async function boundedBytes(chunks: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.byteLength;
    if (seen > most) throw new RegistryError('refused', `The registry sends more than ${most} bytes.`);
    read.push(chunk);
  }
  return Buffer.concat(read);
}

function accept(): Record<string, string> {
  return { accept: mediaTypes.join(', ') };
}

function contentOf(bytes: Uint8Array, digest: string): Pick<Manifest, 'blobs' | 'children' | 'config'> {
  const content = objectOf(jsonOf(Buffer.from(bytes).toString('utf8')));
  const { config, layers, manifests } = content;
  if (Array.isArray(manifests)) {
    const children = manifests.map((each) => {
      const { architecture, os } = objectOf(objectOf(each)['platform']);
      const isNamed = typeof architecture === 'string' && typeof os === 'string' && os !== 'unknown';
      return { ...descriptorOf(each, digest), ...(isNamed && { platform: `${os}/${architecture}` }) };
    });
    return { children, blobs: [] };
  }
  if (!Array.isArray(layers)) throw notUnderstood(digest);
  const configuration = descriptorOf(config, digest);
  return {
    children: [],
    config: configuration,
    blobs: [configuration, ...layers.map((layer) => descriptorOf(layer, digest))],
  };
}

function descriptorOf(value: unknown, of: string): Descriptor {
  const { digest, size } = objectOf(value);
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest) || !Number.isSafeInteger(size)) {
    throw notUnderstood(of);
  }
  return { digest, size: size as number };
}

function notUnderstood(digest: string): RegistryError {
  return new RegistryError('refused', `${digest} is not the manifest of an image that can be copied.`);
}

/** Nothing is known of what a registry writes. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
