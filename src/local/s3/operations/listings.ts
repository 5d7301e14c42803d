import { addressedBucket, quoted } from '../access/addressed.ts';
import { type Operation } from '../exchange.ts';
import type { Bucket, Version } from '../store/bucket.ts';
import { xmlDocument } from '../xml.ts';

export const defaultPageSize = 1000;

export const listObjectVersions: Operation = (exchange) => {
  const { query } = exchange.request;
  const bucket = addressedBucket(exchange);
  const encode = encoder(query);
  const size = Number(query.get('max-keys') ?? defaultPageSize);
  const all = keysOf(bucket, query.get('prefix') ?? '').flatMap((key) =>
    (bucket.objects.get(key) ?? []).map((version, index) => ({ key, version, isLatest: index === 0 })),
  );
  const start = firstAfter(all, query.get('key-marker'), query.get('version-id-marker'));
  const page = all.slice(start, start + size);
  const last = start + size < all.length ? page.at(-1) : undefined;
  const element = (entry: (typeof page)[number]) => ({
    ...describe(encode(entry.key), entry.version),
    VersionId: entry.version.id,
    IsLatest: entry.isLatest,
  });
  return {
    xml: xmlDocument('ListVersionsResult', {
      Name: bucket.name,
      Prefix: encode(query.get('prefix') ?? ''),
      MaxKeys: size,
      EncodingType: query.get('encoding-type'),
      IsTruncated: last !== undefined,
      NextKeyMarker: last && encode(last.key),
      NextVersionIdMarker: last?.version.id,
      Version: page.filter(({ version }) => !version.isMarker).map(element),
      DeleteMarker: page.filter(({ version }) => version.isMarker).map(element),
    }),
  };
};

/** Returns the index after the named version of the named key, or after all versions of that key. */
function firstAfter(
  all: readonly { readonly key: string; readonly version: Version }[],
  keyMarker: string | undefined,
  versionMarker: string | undefined,
): number {
  if (keyMarker === undefined || keyMarker === '') return 0;
  const named = all.findIndex(({ key, version }) => key === keyMarker && version.id === versionMarker);
  if (named >= 0) return named + 1;
  const next = all.findIndex(({ key }) => compareKeys(key, keyMarker) > 0);
  return next < 0 ? all.length : next;
}

export function describe(key: string, version: Version) {
  const { checksum } = version;
  if (version.isMarker) return { Key: key, LastModified: version.lastModified };
  return {
    Key: key,
    LastModified: version.lastModified,
    ETag: quoted(version.eTag),
    ChecksumAlgorithm: checksum?.algorithm,
    ChecksumType: checksum?.type,
    Size: version.sizeBytes,
    StorageClass: version.storageClass,
  };
}

export function keysOf(bucket: Bucket, prefix: string): string[] {
  return [...bucket.objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys);
}

/** S3 orders keys by their bytes in UTF-8, not by UTF-16 as JavaScript does. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** In URL encoding, S3 writes a space as a plus. */
export function encoder(query: ReadonlyMap<string, string>): (key: string) => string {
  if (query.get('encoding-type') !== 'url') return (key) => key;
  return (key) =>
    key
      .split('/')
      .map((part) => encodeURIComponent(part).replaceAll('%20', '+'))
      .join('/');
}
