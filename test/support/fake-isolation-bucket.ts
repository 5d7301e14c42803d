import type { Checksum } from '../../src/core/checksum.ts';
import { leftBehindMetadata } from '../../src/core/evidence/provenance.ts';
import type { CopyRequest, IsolationBucket } from '../../src/core/isolation-bucket.ts';
import type { PropertyName, Tag } from '../../src/core/properties.ts';
import type { StoredObject } from '../../src/core/source-buckets.ts';
import type { CallLog } from './fake-call-log.ts';
import type { FakeSourceBuckets } from './fake-source-buckets.ts';
import { fakeChecksum, type StoredOverrides, storedObject } from './fake-stored-object.ts';

export interface FakeIsolationBucket extends IsolationBucket {
  readonly objects: Map<string, { readonly bytes: string; readonly stored: StoredObject }>;
  /** Puts what a test wants to be found there. */
  place(key: string, bytes: string, overrides?: StoredOverrides): void;
  /** How many of the next copies arrive with other bytes. */
  corruptCopies: number;
  /** Whether a copy's answer carries its checksum; else it has to be looked up. */
  answersChecksum: boolean;
  /** Whether HEAD shows checksums of copies; else they have to be read. */
  showsChecksum: boolean;
  /** Shown of copies, by their answer and by HEAD, instead of the true one. */
  shownChecksum?: Checksum;
  /** Whether copies can be made of the parts that the source has. */
  takesParts: boolean;
  tagsCopied: boolean;
  /** Copies go on from what an earlier handling had begun, whose copy a test has placed. */
  resumes: boolean;
  /** What copies do not carry, and the tags that were seen meanwhile. */
  leaves: readonly PropertyName[];
  tagsSeen?: readonly Tag[];
  /** S3 copied the metadata itself although other was given. */
  copiesBare: boolean;
  lastRequest?: CopyRequest;
}

/** The bucket that takes copies and records, with `IfNoneMatch: *` on everything. */
export function createFakeIsolationBucket(log: CallLog, source: FakeSourceBuckets): FakeIsolationBucket {
  const objects: FakeIsolationBucket['objects'] = new Map();

  const fake: FakeIsolationBucket = {
    name: 'isolation',
    region: 'us-east-1',
    objects,
    corruptCopies: 0,
    answersChecksum: true,
    showsChecksum: true,
    takesParts: true,
    tagsCopied: true,
    resumes: false,
    leaves: [],
    copiesBare: false,
    place: (key, bytes, overrides) =>
      void objects.set(key, { bytes, stored: storedObject(bytes, overrides) }),

    async copy(request) {
      if (fake.leaves.length > 0) await request.keepProperties?.(fake.tagsSeen);
      return log.perform('isolation.copy', () => {
        const { from, stored, isolationKey, metadata, checksum: wanted } = request;
        fake.lastRequest = request;
        if (!fake.takesParts && request.partSizes) return { kind: 'parts-not-taken' };
        if (fake.resumes) return { kind: 'copied', resumed: true, tagsCopied: false };
        const version = source.read(from, stored.versionId);
        if (version?.stored.eTag !== stored.eTag || objects.has(isolationKey))
          return { kind: 'precondition-failed' };
        const bytes = fake.corruptCopies > 0 ? `${version.bytes}, but not quite` : version.bytes;
        fake.corruptCopies = Math.max(0, fake.corruptCopies - 1);
        const checksum = fakeChecksum(bytes, wanted.algorithm);
        const named = metadata && { ...metadata, ...leftBehindMetadata(fake.leaves) };
        const copied = (!fake.copiesBare && named) || version.stored.metadata;
        fake.place(isolationKey, bytes, {
          sizeBytes: version.stored.sizeBytes,
          metadata: copied,
          checksum: fake.showsChecksum ? (fake.shownChecksum ?? checksum) : undefined,
          contentHeaders: version.stored.contentHeaders,
        });
        return {
          kind: 'copied',
          resumed: false,
          tagsCopied: fake.tagsCopied,
          leftBehind: fake.leaves,
          isBare: fake.copiesBare,
          ...(fake.answersChecksum && { checksum: fake.shownChecksum ?? checksum }),
        };
      });
    },
    head: (key) => log.perform('isolation.head', () => objects.get(key)?.stored),
    hash: (key, _stored, algorithm) =>
      log.perform('isolation.hash', () => fakeChecksum(objects.get(key)?.bytes ?? '', algorithm)),
    put: (key, json) =>
      log.perform('isolation.put', () => {
        if (objects.has(key)) return 'exists';
        fake.place(key, json);
        return 'written';
      }),
    get: (key) => log.perform('isolation.get', () => objects.get(key)?.bytes),
    list: (prefix) =>
      log.perform('isolation.list', () =>
        [...objects].flatMap(([key, { stored }]) => {
          const { sizeBytes, lastModified = new Date(0) } = stored;
          return key.startsWith(prefix) ? [{ key, sizeBytes, lastModified }] : [];
        }),
      ),
  };
  return fake;
}
