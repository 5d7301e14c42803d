import { RefusedError } from '../../src/core/errors.ts';
import type { SourceTags } from '../../src/core/fences.ts';
import type { ObjectAddress } from '../../src/core/finding.ts';
import type { Tag } from '../../src/core/properties.ts';
import type { DeleteAnswer, SourceBuckets, StoredObject } from '../../src/core/source-buckets.ts';
import type { CallLog } from './fake-call-log.ts';
import { fakeChecksum, type StoredOverrides, storedObject } from './fake-stored-object.ts';

export interface FakeVersion {
  /** `undefined` where the bucket was never versioned; `null` for what a suspended bucket holds. */
  readonly versionId: string | undefined;
  readonly bytes: string;
  readonly isMarker: boolean;
  readonly stored: StoredObject;
  readonly tags: readonly Tag[];
}

type Versioning = 'enabled' | 'suspended' | 'never';
type Refusal = Extract<DeleteAnswer, { kind: 'not-deleted' }>['reason'];

export interface FakeSourceBuckets extends SourceBuckets {
  /** As the data's owner does it; answers the version id. */
  upload(object: ObjectAddress, bytes: string, overrides?: StoredOverrides): string | undefined;
  /** As the data's owner does it: a plain delete. */
  erase(object: ObjectAddress): void;
  /** Removes one version for good, as somebody else does it. */
  drop(object: ObjectAddress, versionId: string): void;
  /** What S3 would read: this version, or the current one. */
  read(object: ObjectAddress, versionId?: string): FakeVersion | undefined;
  /** All versions and markers of the key, newest first. */
  entries(object: ObjectAddress): readonly FakeVersion[];
  setVersioning(state: Versioning): void;
  /** MFA delete: versions and markers stay. */
  hasMfaDelete: boolean;
  /** The tags of objects may not be read. */
  hidesTags: boolean;
  /** S3 refuses to change tags. */
  refusesTags: boolean;
  /** Tags of versions, as the calls about tags see them. */
  readonly sourceTags: SourceTags;
  tagsOf(object: ObjectAddress, versionId?: string): readonly Tag[];
  setTags(object: ObjectAddress, tags: readonly Tag[], versionId?: string): void;
  refusePlainDelete?: Refusal;
  /** What S3 knows of the parts of any object. */
  parts?: readonly number[];
  /** Version ids that may not be deleted, with the refusal; `*` for all. */
  readonly refuseDeleteVersion: Map<string, Refusal>;
}

/** S3 as seen by somebody who reads and deletes: versions, markers, `If-Match`, suspended buckets. */
export function createFakeSourceBuckets(log: CallLog, versioning: Versioning = 'never'): FakeSourceBuckets {
  const keys = new Map<string, FakeVersion[]>();
  let state = versioning;
  let lastId = 0;

  const listOf = (object: ObjectAddress): FakeVersion[] => {
    const name = `${object.bucket}/${object.key}`;
    const list = keys.get(name) ?? [];
    keys.set(name, list);
    return list;
  };
  const nextId = () => {
    lastId += 1;
    return `v${lastId}`;
  };
  const drop = (object: ObjectAddress, versionId: string | undefined) => {
    const list = listOf(object);
    const index = list.findIndex((version) => (version.versionId ?? 'null') === (versionId ?? 'null'));
    if (index >= 0) list.splice(index, 1);
  };
  const add = (object: ObjectAddress, entry: Omit<FakeVersion, 'versionId'>): string | undefined => {
    if (state !== 'enabled') drop(object, 'null');
    const versionId = state === 'enabled' ? nextId() : state === 'suspended' ? 'null' : undefined;
    const stored = { ...entry.stored, ...(versionId !== undefined && { versionId }) };
    listOf(object).unshift({ ...entry, versionId, stored });
    return versionId;
  };
  const read: FakeSourceBuckets['read'] = (object, versionId) => {
    const list = listOf(object);
    const found =
      versionId === undefined ? list[0] : list.find((version) => (version.versionId ?? 'null') === versionId);
    return found?.isMarker ? undefined : found;
  };
  const setTags = (object: ObjectAddress, tags: readonly Tag[], versionId?: string) => {
    const there = read(object, versionId);
    const list = listOf(object);
    if (there === undefined) return;
    const stored = { ...there.stored, tagCount: tags.length };
    list[list.indexOf(there)] = { ...there, stored, tags };
  };
  /** Plain delete without conditions. */
  const plainDelete = (object: ObjectAddress): DeleteAnswer => {
    if (state === 'never') {
      drop(object, 'null');
      return { kind: 'deleted' };
    }
    const marker = { bytes: '', isMarker: true, stored: storedObject(''), tags: [] };
    return { kind: 'marker-put', markerVersionId: add(object, marker) ?? 'null' };
  };

  const fake: FakeSourceBuckets = {
    refuseDeleteVersion: new Map(),
    hasMfaDelete: false,
    hidesTags: false,
    refusesTags: false,
    tagsOf: (object, versionId) => read(object, versionId)?.tags ?? [],
    setTags,
    sourceTags: {
      read: (object, versionId) =>
        log.perform('tags.read', () => {
          if (fake.hidesTags) throw new RefusedError('access-denied', 'hidden');
          return read(object, versionId)?.tags;
        }),
      replace: (object, versionId, tags) =>
        log.perform('tags.replace', () => {
          if (fake.refusesTags) throw new RefusedError('access-denied', 'refused');
          const there = read(object, versionId);
          if (there === undefined) return { kind: 'absent' };
          setTags(object, tags, versionId);
          return {
            kind: 'replaced',
            ...(there.versionId !== undefined && { versionId: there.versionId }),
          };
        }),
    },
    upload: (object, bytes, overrides) =>
      add(object, { bytes, isMarker: false, stored: storedObject(bytes, overrides), tags: [] }),
    drop,
    erase: (object) => void plainDelete(object),
    read,
    entries: (object) => listOf(object),
    setVersioning(next) {
      // What was there before versioning shows as the `null` version from then on.
      for (const list of keys.values()) {
        for (const [index, entry] of list.entries()) {
          const shown = { ...entry, versionId: 'null', stored: { ...entry.stored, versionId: 'null' } };
          if (entry.versionId === undefined) list[index] = shown;
        }
      }
      state = next;
    },

    head: (object, versionId) => log.perform('source.head', () => read(object, versionId)?.stored),
    listVersions: (object) =>
      log.perform('source.listVersions', () =>
        listOf(object).map((version, index) => ({
          versionId: version.versionId ?? 'null',
          isLatest: index === 0,
          isMarker: version.isMarker,
          eTag: version.isMarker ? '' : version.stored.eTag,
          sizeBytes: version.isMarker ? 0 : version.stored.sizeBytes,
        })),
      ),
    versioning: () => log.perform('source.versioning', () => state),
    needsMfa: () => log.perform('source.needsMfa', () => fake.hasMfaDelete),
    plainDelete: (object, ifMatchETag) =>
      log.perform('source.plainDelete', () => {
        if (fake.refusePlainDelete) return { kind: 'not-deleted', reason: fake.refusePlainDelete };
        if (read(object)?.stored.eTag !== ifMatchETag) return { kind: 'precondition-failed' };
        return plainDelete(object);
      }),
    deleteVersion: (object, versionId) =>
      log.perform('source.deleteVersion', () => {
        if (fake.hasMfaDelete) return { kind: 'not-deleted', reason: 'mfa-delete' };
        const reason = fake.refuseDeleteVersion.get(versionId) ?? fake.refuseDeleteVersion.get('*');
        if (reason !== undefined) return { kind: 'not-deleted', reason };
        if (read(object, versionId)?.stored.lock) return { kind: 'not-deleted', reason: 'delete-denied' };
        drop(object, versionId);
        return { kind: 'deleted' };
      }),
    partSizes: () => log.perform('source.partSizes', () => fake.parts),
    mayReadTags: () => log.perform('source.mayReadTags', () => !fake.hidesTags),
    hash: (object, stored, algorithm) =>
      log.perform('source.hash', () => fakeChecksum(read(object, stored.versionId)?.bytes ?? '', algorithm)),
  };
  return fake;
}
