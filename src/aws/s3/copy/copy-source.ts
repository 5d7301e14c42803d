import type { ObjectAddress } from '../../../core/finding.ts';

/**
 * Builds the `CopySource` header, which the SDK does not encode. It is encoded segment by segment, so that
 * `/` stays, and `+`, `%`, `?`, `#`, control characters and non-ASCII characters cannot change its meaning
 * (aws-facts 2).
 */
export function copySource(object: ObjectAddress, versionId: string | undefined): string {
  const path = [object.bucket, ...object.key.split('/')].map(encodeURIComponent).join('/');
  return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
}
