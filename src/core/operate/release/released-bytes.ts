import { compareChecksums } from '../../checksum.ts';
import { maximumSingleCopyBytes } from '../../copy/proof.ts';
import { compareBytes } from '../../evidence/compare-bytes.ts';
import type { ObjectAddress } from '../../finding.ts';
import type { Provenance } from '../../isolation.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import type { SourceBuckets, StoredObject } from '../../source-buckets.ts';

/** A verified copy, and the object that HEAD shows of it. */
export interface SeenCopy {
  readonly key: string;
  readonly provenance: Provenance;
  readonly stored: StoredObject;
}

/**
 * Whether the source holds the bytes of the copy. A CRC proves nothing here, because anybody who may PUT can
 * forge a CRC as well as the mark. So without a digest both objects are read. An object that was put back
 * just now, and is too large to be read, is believed by its CRC, because S3 itself made it from the copy.
 */
export async function holdsBytesOf(
  { key, provenance, stored }: SeenCopy,
  object: ObjectAddress,
  there: StoredObject,
  {
    isolationBucket,
    sourceBuckets,
  }: { readonly isolationBucket: IsolationBucket; readonly sourceBuckets: SourceBuckets },
  isPutBackNow = false,
): Promise<boolean> {
  // The ETag of an encrypted copy is no MD5, but its provenance holds the MD5 of the source.
  const md5 = stored.md5 ?? provenance.md5;
  const shown = compareBytes(there, { ...stored, ...(md5 !== undefined && { md5 }) });
  if (shown === 'equal' || shown === 'different') return shown === 'equal';
  if (isPutBackNow && shown === 'probable' && there.sizeBytes > maximumSingleCopyBytes) return true;
  const read = await sourceBuckets.hash(object, there, 'SHA256');
  return compareChecksums(read, await isolationBucket.hash(key, stored, 'SHA256')) === 'equal';
}
