import { createHash } from 'node:crypto';
import { budgetKey } from '../../src/core/evidence/keys.ts';
import { hasFenceTag } from '../../src/core/fences.ts';
import { alertIsDue, type Outcome } from '../../src/core/outcome.ts';
import type { EvidenceRecord } from '../../src/core/tell/record.ts';
import { type Content, read, toBuffer } from '../../src/local/s3/store/content.ts';
import type { Store } from '../../src/local/s3/store/store.ts';
import type { Parked } from '../support/parked.ts';
import { type Case, type Place, versionAt } from './cases.ts';

interface Kept extends Place {
  readonly sha256: string;
  readonly wasCurrent: boolean;
}

/** Every byte in the data buckets before a worker was there. */
export function takeInventory(store: Store): readonly Kept[] {
  return [...store.buckets.values()]
    .filter(({ name }) => name.startsWith('data-'))
    .flatMap(({ name, objects }) =>
      [...objects].flatMap(([key, versions]) =>
        versions.flatMap((version, index) =>
          version.isMarker
            ? []
            : [
                {
                  bucket: name,
                  key,
                  versionId: version.id,
                  sha256: sha256(version.content),
                  wasCurrent: index === 0,
                },
              ],
        ),
      ),
    );
}

export interface End {
  readonly store: Store;
  readonly isolationBucket: string;
  readonly inventory: readonly Kept[];
  readonly cases: readonly Case[];
  readonly isFencing: boolean;
  readonly alertedFindingIds: ReadonlySet<string>;
  readonly parked: readonly Parked[];
  readonly waiting: number;
}

/** What is not as it must be; empty where all is well. */
export function audit(end: End): readonly string[] {
  const copies = copiesOf(end);
  const records = recordsOf(end);
  return [
    ...(end.waiting === 0 ? [] : [`${end.waiting} messages are left on the queue`]),
    ...lookAtSources(end, copies),
    ...lookAtIsolationBucket(end, copies),
    ...lookAtFences(end),
    ...end.cases.flatMap((one) => lookAtCase(one, end, records, copies)),
    ...lookAtParked(end),
  ];
}

/** The SHA-256 of every isolated copy, by its key. */
function copiesOf({ store, isolationBucket }: End): ReadonlyMap<string, string> {
  const objects = [...store.bucket(isolationBucket).objects];
  return new Map(
    objects
      .filter(([key]) => key.startsWith('objects'))
      .map(([key, [version]]) => [key, sha256(version?.content ?? [])]),
  );
}

function recordsOf({ store, isolationBucket }: End): ReadonlyMap<string, readonly EvidenceRecord[]> {
  const objects = [...store.bucket(isolationBucket).objects];
  const records = objects
    .filter(([key]) => key.startsWith('records/'))
    .map(([, [version]]) => JSON.parse(toBuffer(version?.content ?? []).toString('utf8')) as EvidenceRecord);
  return Map.groupBy(records, ({ finding_id }) => finding_id);
}

function lookAtSources({ store, inventory, cases }: End, copies: ReadonlyMap<string, string>): string[] {
  const flagged = new Set(cases.flatMap((one) => one.flagged.map(nameOf)));
  const known = new Set(inventory.map(nameOf));
  const isolated = new Set(copies.values());
  const problems: string[] = [];
  for (const kept of inventory) {
    const now = versionAt(store, kept);
    if (now !== undefined && sha256(now.content) === kept.sha256) continue;
    if (!flagged.has(nameOf(kept))) problems.push(`bytes that nobody flagged are gone: ${nameOf(kept)}`);
    else if (!isolated.has(kept.sha256)) problems.push(`flagged bytes are lost: ${nameOf(kept)}`);
  }
  const wasCurrent = new Set(inventory.filter((kept) => kept.wasCurrent).map(nameOf));
  for (const { name, objects } of store.buckets.values()) {
    if (!name.startsWith('data-')) continue;
    for (const [key, versions] of objects) {
      for (const [index, version] of versions.entries()) {
        const place = nameOf({ bucket: name, key, versionId: version.id });
        if (version.isMarker) continue;
        if (!known.has(place)) problems.push(`nobody put this: ${place}`);
        if (index === 0 && !wasCurrent.has(place)) problems.push(`an older version surfaced: ${place}`);
      }
    }
  }
  return problems;
}

function lookAtIsolationBucket(
  { store, isolationBucket, cases }: End,
  copies: ReadonlyMap<string, string>,
): string[] {
  const expected = cases.filter(({ copied }) => copied).length;
  // Workers write their budget again and again; everything else in the bucket is evidence.
  const overwritten = [...store.bucket(isolationBucket).objects].filter(
    ([key, { length }]) => length !== 1 && key !== budgetKey,
  );
  return [
    ...(copies.size === expected ? [] : [`${copies.size} copies instead of ${expected}`]),
    ...overwritten.map(([key]) => `written twice: ${key}`),
  ];
}

/** What is flagged and stays has a fence, and nothing else has: no clean version, and no copy. */
function lookAtFences({ store, isolationBucket, cases, isFencing }: End): string[] {
  const staying = cases.filter(({ parked, removed }) => parked && !removed).flatMap(({ flagged }) => flagged);
  const due = new Set(isFencing ? staying.map(nameOf) : []);
  const problems: string[] = [];
  for (const { name, objects } of store.buckets.values()) {
    if (!name.startsWith('data-') && name !== isolationBucket) continue;
    for (const [key, versions] of objects) {
      for (const { id, isMarker, tags } of versions) {
        const place = nameOf({ bucket: name, key, versionId: id });
        const isFenced = hasFenceTag(tags);
        if (!isMarker && isFenced !== due.has(place))
          problems.push(`${place} ${isFenced ? 'has a fence' : 'has no fence'}`);
      }
    }
  }
  return problems;
}

function lookAtCase(
  one: Case,
  { store, inventory, alertedFindingIds }: End,
  records: ReadonlyMap<string, readonly EvidenceRecord[]>,
  copies: ReadonlyMap<string, string>,
): string[] {
  const problems: string[] = [];
  const own = one.findingIds.flatMap((id) => records.get(id) ?? []);
  for (const id of one.findingIds) if (!records.has(id)) problems.push(`finding ${id} has no record`);
  for (const { outcome, finding_id } of own) {
    if (!one.allowed.some((name) => name === outcome)) problems.push(`finding ${finding_id} is ${outcome}`);
  }
  if (one.required !== undefined && !own.some(({ outcome }) => outcome === one.required))
    problems.push(`no record says ${one.required}`);
  for (const place of one.flagged) {
    const still = versionAt(store, place) !== undefined;
    if (still === one.removed) problems.push(`the flagged bytes are ${still ? 'still there' : 'gone'}`);
  }
  const [flagged] = one.flagged;
  const sha = inventory.find((kept) => flagged && nameOf(kept) === nameOf(flagged))?.sha256;
  for (const { isolation_key: key, outcome } of own) {
    if (one.copied && (key === null || copies.get(key) !== sha))
      problems.push(`the copy that its record of ${outcome} names holds other bytes`);
  }
  const due = one.required !== undefined && alertIsDue({ name: one.required } as Outcome);
  if (due && !one.findingIds.some((id) => alertedFindingIds.has(id))) problems.push('nobody was told');
  return problems.map((problem) => `${one.kind}: ${problem}`);
}

/** A crash may park a message twice, but never another one, and never without its reason. */
function lookAtParked({ cases, parked }: End): string[] {
  const due = new Set(cases.flatMap((one) => (one.parked ? one.bodies : [])));
  const there = new Set(parked.map(({ body }) => body));
  return [
    ...[...due].filter((body) => !there.has(body)).map(() => 'a message that must be parked is not'),
    ...parked
      .filter(({ body }) => !due.has(body))
      .map(({ outcome, reason }) => `a message is parked that must not be: ${outcome}, ${reason}`),
    ...parked
      .filter(({ outcome, reason, sourceMessageId }) => !outcome || !reason || !sourceMessageId)
      .map(() => 'a message is parked without its attributes'),
  ];
}

function sha256(content: Content): string {
  const hash = createHash('sha256');
  for (const chunk of read(content)) hash.update(chunk);
  return hash.digest('base64');
}

function nameOf({ bucket, key, versionId }: Place): string {
  return JSON.stringify([bucket, key, versionId]);
}
