import type { Checksum } from '../../../src/core/checksum.ts';
import type { ContentHeaders } from '../../../src/core/properties.ts';
import type { Bucket, Denial, Place, Upload } from './bucket.ts';
import { type Entry, eTagOf, type Form, idOf, ownChecksum, plainHeaders } from './objects.ts';

/** What the model tells of every change, at the moment of the change. */
export interface S3Watcher {
  /** This version, or marker, is not there any more. `surfaced`: what became the current entry by it. */
  destroyed(at: Place, entry: Entry, by: string, surfaced: Entry | undefined): void;
  /** A delete marker went on top. */
  hidden(at: Place, marker: Entry, was: Entry | undefined, by: string): void;
}

export interface Write {
  readonly bytes: string;
  readonly form?: Form;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly checksum?: Checksum;
  readonly copyOf?: NonNullable<Entry['copyOf']>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly hasOddMetadata?: boolean;
  readonly isResumed?: boolean;
  readonly contentHeaders?: ContentHeaders;
  readonly storageClass?: string;
  readonly isUnsendable?: boolean;
}

export interface ModelS3 {
  readonly buckets: ReadonlyMap<string, Bucket>;
  bucket(name: string): Bucket;
  entries(at: Place): readonly Entry[];
  /** Every key of a bucket that holds or held something. */
  keys(bucket: string): readonly string[];
  /** What a read gets; a delete marker counts as nothing. */
  read(at: Place, versionId?: string): Entry | undefined;
  put(at: Place, write: Write, by: string): Entry;
  /** Without a version id: removes, or puts a marker, as the bucket's versioning has it. */
  plainDelete(at: Place, by: string): Entry | undefined;
  deleteVersion(at: Place, versionId: string, by: string): void;
  /** Emptied, deleted, and made anew by another account. */
  handOver(bucket: string, accountId: string, by: string): void;
  setVersioning(bucket: string, state: 'enabled' | 'suspended'): void;
  fingerprint(): unknown;
}

/** S3 as its documentation describes it (aws-facts 2), without any of the product's code. */
export function createModelS3(
  buckets: readonly Pick<Bucket, 'name' | 'accountId' | 'versioning'>[],
  watcher: S3Watcher,
): ModelS3 {
  const byName = new Map(
    buckets.map((bucket) => [
      bucket.name,
      {
        ...bucket,
        denied: new Set<Denial>(),
        needsMfa: false,
        uploads: new Map<string, Upload>(),
        keys: new Map<string, Entry[]>(),
      },
    ]),
  );
  const writes = new Map<string, number>();

  const bucketOf = (name: string): Bucket => {
    const bucket = byName.get(name);
    if (bucket === undefined) throw new Error(`the model has no bucket ${name}`);
    return bucket;
  };
  const stackOf = ({ bucket, key }: Place): Entry[] => {
    const { keys } = bucketOf(bucket);
    let stack = keys.get(key);
    if (stack === undefined) keys.set(key, (stack = []));
    return stack;
  };
  /** Looking makes no key. */
  const seen = ({ bucket, key }: Place): readonly Entry[] => bucketOf(bucket).keys.get(key) ?? [];
  /** Named after its writer, so that schedules which differ only in the order of strangers' writes meet again. */
  const nextWrite = (by: string): string => {
    const count = (writes.get(by) ?? 0) + 1;
    writes.set(by, count);
    return `${by}.${count}`;
  };
  const remove = (at: Place, index: number, by: string): void => {
    const stack = stackOf(at);
    const [entry] = stack.splice(index, 1);
    if (entry) watcher.destroyed(at, entry, by, index === 0 ? stack[0] : undefined);
  };
  /** In a bucket that is not versioned now, there is one version without an id of its own; it is replaced. */
  const add = (at: Place, entry: Omit<Entry, 'versionId'>): Entry => {
    const { versioning } = bucketOf(at.bucket);
    const stack = stackOf(at);
    const versionId =
      versioning === 'enabled' ? entry.write : versioning === 'suspended' ? 'null' : undefined;
    const added = { ...entry, versionId };
    const replaced = versioning === 'enabled' ? -1 : stack.findIndex(isNull);
    const [gone] = replaced < 0 ? [] : stack.splice(replaced, 1);
    stack.unshift(added);
    if (gone) watcher.destroyed(at, gone, entry.by, undefined);
    return added;
  };

  const s3: ModelS3 = {
    buckets: byName,
    bucket: bucketOf,
    entries: seen,
    keys: (bucket) => [...bucketOf(bucket).keys.keys()],
    read(at, versionId) {
      const stack = seen(at);
      const entry = versionId === undefined ? stack[0] : stack.find((other) => idOf(other) === versionId);
      return entry?.isMarker ? undefined : entry;
    },
    put(at, what, by) {
      const {
        bytes,
        form = 'checksummed',
        metadata = {},
        tags = {},
        hasOddMetadata,
        isResumed,
        copyOf,
        contentHeaders = plainHeaders,
        storageClass = 'STANDARD',
        isUnsendable,
      } = what;
      const { checksum = ownChecksum(bytes, form) } = what;
      const write = nextWrite(by);
      return add(at, {
        write,
        isMarker: false,
        bytes,
        eTag: eTagOf(bytes, form, write),
        form,
        ...(checksum && { checksum }),
        metadata,
        tags,
        ...(hasOddMetadata && { hasOddMetadata }),
        ...(isResumed && { isResumed }),
        contentHeaders,
        storageClass,
        ...(isUnsendable && { isUnsendable }),
        by,
        accountId: bucketOf(at.bucket).accountId,
        ...(copyOf && { copyOf }),
      });
    },
    plainDelete(at, by) {
      const { versioning } = bucketOf(at.bucket);
      const was = stackOf(at)[0];
      if (versioning === 'never') {
        if (was) remove(at, 0, by);
        return undefined;
      }
      const marker = add(at, {
        write: nextWrite(by),
        isMarker: true,
        bytes: '',
        eTag: '',
        form: 'checksummed',
        metadata: {},
        tags: {},
        contentHeaders: {},
        storageClass: 'STANDARD',
        by,
        accountId: bucketOf(at.bucket).accountId,
        ...(was && { hides: was.write }),
      });
      watcher.hidden(at, marker, was, by);
      return marker;
    },
    deleteVersion(at, versionId, by) {
      const index = stackOf(at).findIndex((entry) => idOf(entry) === versionId);
      if (index >= 0) remove(at, index, by);
    },
    handOver(name, accountId, by) {
      const bucket = bucketOf(name);
      for (const [key, stack] of bucket.keys) while (stack.length > 0) remove({ bucket: name, key }, 0, by);
      bucket.accountId = accountId;
      bucket.versioning = 'never';
      bucket.denied.clear();
      bucket.needsMfa = false;
    },
    setVersioning(name, state) {
      const bucket = bucketOf(name);
      bucket.versioning = state;
      // What was there before versioning is the `null` version from then on.
      for (const stack of bucket.keys.values()) for (const entry of stack) entry.versionId ??= 'null';
    },
    fingerprint: () =>
      [...byName.values()].map(({ name, accountId, versioning, denied, needsMfa, uploads, keys }) => [
        name,
        accountId,
        versioning,
        [...denied].sort(),
        needsMfa,
        [...uploads].map(([key, { parts }]) => `${key}:${[...parts].join(';')}`).sort(),
        [...keys].map(([key, stack]) => `${key}:${stack.map(stateOf).join()}`).sort(),
      ]),
  };
  return s3;
}

const stateOf = ({ write, versionId, lock }: Entry) => `${write}=${versionId}${lock ?? ''}`;

function isNull(entry: Entry): boolean {
  return idOf(entry) === 'null';
}
