import { type Checksum, comparable, provableByMultipart } from './checksum.ts';
import { RefusedError } from './errors.ts';
import type { Finding, FlaggedObject } from './finding.ts';
import { isolationKeys } from './isolation-key.ts';
import type { IsolationBucket, Ports, StoredObject } from './ports.ts';
import {
  metadataWithProvenance,
  type Provenance,
  provenanceKey,
  provenanceOf,
  readProvenance,
} from './provenance.ts';
import { timed } from './timed.ts';

/** A copy in the isolation bucket that was proved to hold the flagged bytes. */
export interface IsolatedCopy {
  readonly key: string;
  readonly provenance: Provenance;
  /** Made by this handling, not found. */
  readonly madeNow: boolean;
  /** Absent where the copy was found. */
  readonly tagsCopied?: boolean;
}

/**
 * Copies the flagged bytes to the isolation bucket and proves the copy whole, or finds a copy that is
 * already there and proves that. What does not verify stays where it is, and one other key is tried.
 * Answers `source-changed` where the source no longer holds the flagged bytes. Throws `RefusedError`
 * where no verified copy can be had.
 */
export async function makeVerifiedCopy(
  finding: Finding,
  stored: StoredObject,
  ports: Ports,
  serviceVersion: string,
): Promise<IsolatedCopy | 'source-changed'> {
  refuseUnreadable(stored);
  const expected = await timed(ports, 'verify', () => checksumOfSource(finding, stored, ports));
  const provenance = provenanceOf(finding, stored, expected, ports.clock(), serviceVersion);
  for (const key of isolationKeys(finding.object)) {
    const copy = await timed(ports, 'copy', () => copyTo(key, finding, stored, provenance, ports));
    if (copy === 'source-changed') return copy;
    const verified = await timed(ports, 'verify', () =>
      verify(key, copy.checksum, stored.sizeBytes, expected, ports),
    );
    if (!verified) continue;
    if (copy.madeNow) return { key, provenance, madeNow: true, tagsCopied: copy.tagsCopied };
    return { key, provenance: copy.provenance ?? provenance, madeNow: false };
  }
  throw new RefusedError('verification-failed', 'no copy at either isolation key equals the source');
}

export type FoundCopy =
  | { readonly kind: 'verified'; readonly copy: IsolatedCopy }
  | { readonly kind: 'unverified' }
  | { readonly kind: 'none' };

/** Looks for a copy when the source cannot be asked any more: the first that agrees with its own provenance. */
export async function findVerifiedCopy(
  object: FlaggedObject,
  isolation: IsolationBucket,
): Promise<FoundCopy> {
  let kind: 'unverified' | 'none' = 'none';
  for (const key of isolationKeys(object)) {
    const copy = await isolation.head(key);
    if (copy === undefined) continue;
    kind = 'unverified';
    const provenance = await readProvenance(isolation, key, copy);
    if (provenance === undefined || copy.sizeBytes !== provenance.sizeBytes) continue;
    if (object.eTag !== undefined && provenance.sourceETag !== object.eTag) continue;
    const actual = await checksumOfCopy(isolation, key, copy, provenance.checksum.algorithm);
    if (actual?.value === provenance.checksum.value) {
      return { kind: 'verified', copy: { key, provenance, madeNow: false } };
    }
  }
  return { kind };
}

/** What S3 would refuse to read, said before it is asked. */
function refuseUnreadable(stored: StoredObject): void {
  if (stored.customerKey) throw new RefusedError('sse-c', 'encrypted with a key that only its owner has');
  const archived =
    stored.archiveStatus !== undefined || ['GLACIER', 'DEEP_ARCHIVE'].includes(stored.storageClass);
  if (archived && !stored.restored) {
    throw new RefusedError('archived-storage-class', 'archived; restore it first');
  }
}

/** S3's limit for one CopyObject, whose result alone has SHA checksums of the whole object. */
const maximumSingleCopyBytes = 5 * 1024 ** 3;
/** Reading an object to hash it takes minutes per 10 GB; above this a person decides. */
const maximumHashedBytes = 50 * 1000 ** 3;

/**
 * A checksum of the source's whole bytes that the copy's can be compared with: S3's own where it has
 * one, else computed by reading. ETags are no checksums: those of KMS and multipart objects are not MD5.
 */
async function checksumOfSource(finding: Finding, stored: StoredObject, ports: Ports): Promise<Checksum> {
  const own = stored.checksum;
  const single = stored.sizeBytes <= maximumSingleCopyBytes;
  if (own?.type === 'FULL_OBJECT' && (single || provableByMultipart(own.algorithm))) return own;
  if (stored.sizeBytes > maximumHashedBytes) {
    throw new RefusedError('unverifiable-size', 'no comparable checksum, and too large to be read');
  }
  return ports.source.hash(finding.object, stored, single ? 'SHA256' : 'CRC32');
}

type Copied =
  | { readonly madeNow: true; readonly checksum?: Checksum; readonly tagsCopied: boolean }
  | { readonly madeNow: false; readonly checksum?: Checksum; readonly provenance?: Provenance };

async function copyTo(
  key: string,
  finding: Finding,
  stored: StoredObject,
  provenance: Provenance,
  ports: Ports,
): Promise<Copied | 'source-changed'> {
  const metadata = metadataWithProvenance(stored, provenance);
  const answer = await ports.isolation.copy({
    from: finding.object,
    stored,
    toKey: key,
    checksumAlgorithm: provenance.checksum.algorithm,
    ...(metadata && { metadata }),
  });
  if (answer.kind === 'copied') {
    if (metadata === undefined) await ports.isolation.put(provenanceKey(key), JSON.stringify(provenance));
    return {
      madeNow: true,
      tagsCopied: answer.tagsCopied,
      ...(answer.checksum && { checksum: answer.checksum }),
    };
  }
  const there = await ports.isolation.head(key);
  if (there === undefined) return 'source-changed';
  const known = await readProvenance(ports.isolation, key, there);
  // A crash may have come between the copy and its provenance object: complete it.
  if (known === undefined) await ports.isolation.put(provenanceKey(key), JSON.stringify(provenance));
  return {
    madeNow: false,
    ...(there.checksum && { checksum: there.checksum }),
    ...(known && { provenance: known }),
  };
}

/** S3's copy is atomic, so its answer's checksum is enough; everything else is looked at by HEAD, with the size. */
async function verify(
  key: string,
  answered: Checksum | undefined,
  sizeBytes: number,
  expected: Checksum,
  ports: Ports,
): Promise<boolean> {
  if (answered && comparable(answered, expected)) return answered.value === expected.value;
  const copy = await ports.isolation.head(key);
  if (copy === undefined || copy.sizeBytes !== sizeBytes) return false;
  const actual = await checksumOfCopy(ports.isolation, key, copy, expected.algorithm);
  return actual?.value === expected.value;
}

async function checksumOfCopy(
  isolation: IsolationBucket,
  key: string,
  copy: StoredObject,
  algorithm: string,
): Promise<Checksum | undefined> {
  if (copy.checksum?.type === 'FULL_OBJECT' && copy.checksum.algorithm === algorithm) return copy.checksum;
  if (algorithm !== 'SHA256' && algorithm !== 'CRC32') return undefined;
  return copy.sizeBytes <= maximumHashedBytes ? isolation.hash(key, copy, algorithm) : undefined;
}
