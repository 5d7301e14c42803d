import type { Version } from '../../src/local/s3/store/bucket.ts';
import { type Content, md5Hex, sizeOf } from '../../src/local/s3/store/content.ts';
import type { Store } from '../../src/local/s3/store/store.ts';
import type { Uploaded } from './uploaded.ts';

/** Puts an object into the store past HTTP: generated content exists only as a seed. */
export function place(
  store: Store,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  content: Content,
  more: Partial<Omit<Version, 'id'>> = {},
): Uploaded {
  const sizeBytes = sizeOf(content);
  const version = store.put(store.bucket(bucket), key, {
    isMarker: false,
    content,
    sizeBytes,
    eTag: md5Hex(content),
    lastModified: new Date(),
    metadata: {},
    headers: {},
    tags: [],
    storageClass: 'STANDARD',
    encryption: {},
    ...more,
  });
  const versionId = version.id === 'null' ? undefined : version.id;
  return { bucket, key, eTag: version.eTag, sizeBytes, versionId };
}
