import { createHash } from 'node:crypto';
import type { FlaggedObject, ObjectAddress, RecordedFinding } from '../finding.ts';
import { maximumKeyBytes } from '../object-names.ts';
import type { OutcomeName } from '../outcome.ts';

export type Named = { readonly name: OutcomeName };

/** The prefixes of all objects in the isolation bucket. */
export const prefixes = {
  copies: 'objects/',
  /** Copies whose plain key would be too long. */
  hashedCopies: 'objects-hashed/',
  provenance: 'provenance/',
  records: 'records/',
  releases: 'releases/',
  /** Requests of operators to isolate an object. */
  requests: 'requests/',
  rejected: 'rejected/',
  /** Who read a copy, put or took away its legal hold, or lifted a fence. */
  access: 'access/',
  control: 'control/',
} as const;

/**
 * Returns the key of an object's isolated copy. The key depends on the finding alone, so it can be computed
 * after the source is gone. The mapping is injective: account and bucket hold no `/`, and an id holds no `@`
 * or `~`, so the last `@` ends the key, whatever the key holds. `attempt` 1 is the second key, which is used
 * if the object at the first key does not verify.
 */
export function isolationKey(object: FlaggedObject, attempt: 0 | 1): string {
  const id = `${object.versionId ?? object.eTag}${attempt === 0 ? '' : '~1'}`;
  const plain = plainPrefix(object) + id;
  return Buffer.byteLength(plain) <= maximumKeyBytes ? plain : hashedPrefix(object) + id;
}

/** Returns both keys in the order in which they are tried. */
export function isolationKeys(object: FlaggedObject): readonly [string, string] {
  return [isolationKey(object, 0), isolationKey(object, 1)];
}

/** Returns the prefixes of all copies of a key. The length of the id decides which of the two forms a copy has. */
export function prefixesOfCopies(object: ObjectAddress): readonly [string, string] {
  return [plainPrefix(object), hashedPrefix(object)];
}

function plainPrefix({ accountId, bucket, key }: ObjectAddress): string {
  return `${prefixes.copies}${accountId}/${bucket}/${key}@`;
}

function hashedPrefix({ accountId, bucket, key }: ObjectAddress): string {
  return `${prefixes.hashedCopies}${accountId}/${bucket}/${sha256Hex(key)}@`;
}

/**
 * Whether a key of the isolation bucket belongs to a copy of exactly this source key, and not of a longer
 * source key with an `@` of its own.
 */
export function isCopyUnder(prefix: string, isolationKey: string): boolean {
  return isolationKey.startsWith(prefix) && /^[^@~]+(~1)?$/.test(isolationKey.slice(prefix.length));
}

/** Returns the key of the provenance object, for a copy whose metadata has no room for the provenance. */
export function provenanceKey(isolationKey: string): string {
  return `${prefixes.provenance}${sha256Hex(isolationKey)}.json`;
}

/** Returns the key of the properties that a copy does not carry. */
export function keptPropertiesKey(isolationKey: string): string {
  return `${prefixes.provenance}${sha256Hex(isolationKey)}.properties.json`;
}

/** Returns the key of the note that names the copy of an identical version which was removed. */
export function identicalNoteKey(object: FlaggedObject): string {
  return `${prefixes.provenance}identical/${sha256Hex(isolationKey(object, 0))}.json`;
}

/**
 * Returns the key of the note about a removal whose alert or record failed. `earlier` is the number of notes about earlier
 * removals of the same object, which was put again after each.
 */
export function removalNoteKey(finding: RecordedFinding, earlier = 0): string {
  const digest = sha256Hex(sharedRecordKey(finding, { name: 'isolated' }));
  return `${prefixes.provenance}removals/${digest}${earlier === 0 ? '' : `~${earlier}`}.json`;
}

/**
 * Returns the key of a record. There is one record for each finding and outcome. The date is the date of the
 * finding, so that a redelivery finds the same key. The parser has checked id and date, so they cannot change
 * the path.
 */
export function recordKey(finding: RecordedFinding, outcome: Named): string {
  return `${recordStem(finding)}.${outcome.name}.json`;
}

/** Returns the key for an object whose finding id already has a record about another object. */
export function sharedRecordKey(finding: RecordedFinding, outcome: Named): string {
  return `${recordStem(finding)}~${objectDigest(finding.object)}.${outcome.name}.json`;
}

/** Returns the 16 hex digits that tell apart the objects of one finding id. */
export function objectDigest(object: FlaggedObject | undefined): string {
  return sha256Hex(identityOf(object)).slice(0, 16);
}

function recordStem({ id, createdAt }: RecordedFinding): string {
  return recordsBeginning(`dt=${createdAt.toISOString().slice(0, 10)}`, id);
}

/** Returns a prefix under which every record of this finding is found, and records of ids that begin like its id. */
export function recordsOf({ id, createdAt }: RecordedFinding): string {
  return recordStem({ id, createdAt });
}

/** Returns the prefix of records for a day's folder and the beginning of a finding id. */
export function recordsBeginning(dayFolder: string, idBeginning: string): string {
  return `${prefixes.records}${dayFolder}/${idBeginning}`;
}

/** Parses the key of a record. Returns `undefined` if the key belongs to no record. */
export function parseRecordKey(key: string): ParsedRecordKey | undefined {
  const match = /^records\/dt=(\d{4}-\d\d-\d\d)\/([\w-]+)(?:~([\da-f]{16}))?\.([a-z_]+)\.json$/.exec(key);
  if (match === null) return undefined;
  const [, day = '', findingId = '', object, outcome = ''] = match;
  return { day, findingId, ...(object !== undefined && { object }), outcome };
}

export interface ParsedRecordKey {
  readonly day: string;
  readonly findingId: string;
  /** The digest of the object, if the finding id has a record about another object too. */
  readonly object?: string;
  readonly outcome: string;
}

/** Returns the isolation key, which holds account, bucket, key and version id or ETag. A message may name no object. */
export function identityOf(object: FlaggedObject | undefined): string {
  return object === undefined ? '' : isolationKey(object, 0);
}

/** Returns the prefix of all release records of this key. */
export function releasesOf({ accountId, bucket, key }: ObjectAddress): string {
  return `${prefixes.releases}${accountId}/${bucket}/${sha256Hex(key)}/`;
}

/**
 * Returns the key of the record that a person released this identity (ETag or version id) of this key. `responsibility` is
 * who and why, of a record beside that of another person. An id has no `~`.
 */
export function releaseKey(object: ObjectAddress, id: string, responsibility?: string): string {
  return `${releasesOf(object)}${id}${besideOthers(responsibility)}.json`;
}

/**
 * Returns the key of the record that a person discarded a message. `responsibility` is who and why, of a record beside that
 * of another person. An account id is never `discards`.
 */
export function discardKey(messageId: string, responsibility?: string): string {
  return `${prefixes.releases}discards/${messageId.replaceAll(/[^\w-]/g, '_')}${besideOthers(responsibility)}.json`;
}

function besideOthers(responsibility: string | undefined): string {
  return responsibility === undefined ? '' : `~${sha256Hex(responsibility).slice(0, 16)}`;
}

/** Returns the key of an operator's request to isolate an object. Its id was checked. */
export function requestKey(id: string): string {
  return `${prefixes.requests}${id}.json`;
}

/**
 * Returns the key of a line about one access to a copy. The suffix lets two accesses to one copy at the same
 * moment have a line each.
 */
export function accessKey(findingId: string, at: Date, suffix: string): string {
  const moment = at.toISOString();
  return `${prefixes.access}dt=${moment.slice(0, 10)}/${findingId}/${moment.replaceAll(':', '')}-${suffix}.json`;
}

/** Returns the key of the note that people were told of a record whose alert had failed. */
export function toldNoteKey(recordKey: string): string {
  return `${prefixes.provenance}told/${sha256Hex(recordKey)}.json`;
}

/** The key of an operator's order to pause or to resume. */
export const pauseKey = `${prefixes.control}pause.json`;
/** The key of the budget: how many units of this hour are leased. */
export const budgetKey = `${prefixes.control}budget.json`;

/** Returns the key of the count of a limit in one hour. The name of a rule or bucket may be long. */
export function limitKey(hour: string, { name, of }: { readonly of: string; readonly name: string }): string {
  return `${prefixes.control}limits/${hour}/${sha256Hex(`${of}:${name}`).slice(0, 32)}.json`;
}

/** Returns the key of what the last check of a bucket's fence found. */
export function fenceProofKey(bucket: string): string {
  return `${prefixes.control}fences/${bucket}.json`;
}

/** Returns the key of a policy that was in force. */
export function policyKey(hash: string): string {
  return `${prefixes.control}policy/${hash}.json`;
}

/** Returns the key of a message body that does not fit into the dead-letter queue. */
export function rejectedBodyKey(sha256: string): string {
  return `${prefixes.rejected}${sha256}`;
}

/**
 * Returns the keys that a halted worker puts and copies in its probe. The keys of the probe's copies have the
 * form of real isolation keys, so the permissions of real copies apply. No real copy has such a key, because
 * the isolation bucket is never a source.
 */
export function probeKeys(probe: {
  readonly accountId: string;
  readonly isolationBucket: string;
  readonly worker: string;
  readonly since: Date;
}): { readonly from: string; readonly to: string; readonly toHashed: string } {
  const copy = `${probe.accountId}/${probe.isolationBucket}/.probe@${probeName(probe.worker, probe.since)}`;
  return {
    from: `${prefixes.control}probe/${plainName(probe.worker)}`,
    to: `${prefixes.copies}${copy}`,
    toHashed: `${prefixes.hashedCopies}${copy}`,
  };
}

function probeName(worker: string, since: Date): string {
  return `${since.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${plainName(worker)}`;
}

function plainName(worker: string): string {
  return worker.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64) || 'worker';
}

/** Returns the key that a halted worker puts, reads and lists in the folder of a key that was refused. Nothing else looks there. */
export function probeKeyBeside(
  refusedKey: string,
  { since, worker }: { readonly worker: string; readonly since: Date },
): string {
  const [folder = ''] = refusedKey.split('/');
  return `${folder}/.probe/${probeName(worker, since)}`;
}

/**
 * Returns the keys of an operator's canary: an object that is put as a record is, and its copy. Nothing that reads
 * records or copies looks there, and the lifecycle of the bucket removes it within days.
 */
export function canaryKeys(id: string): { readonly record: string; readonly copy: string } {
  const canary = `${prefixes.control}probe/doctor-${id}`;
  return { record: `${canary}.json`, copy: `${canary}.copy` };
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
