import { createHash } from 'node:crypto';
import type { FlaggedObject, ObjectAddress, RecordedFinding } from '../finding.ts';
import type { OutcomeName } from '../outcome.ts';

export type Named = { readonly name: OutcomeName };

/** What the keys of each kind begin with. The isolation bucket holds nothing else. */
export const prefixes = {
  copies: 'objects/',
  /** Copies whose key would be too long. */
  hashedCopies: 'objects-hashed/',
  provenance: 'provenance/',
  records: 'records/',
  releases: 'releases/',
  rejected: 'rejected/',
  control: 'control/',
} as const;

/** S3's limit for a key, in bytes of UTF-8. */
const maximumKeyBytes = 1024;

/**
 * Where an object's isolated copy lies, computed from the finding alone, so that it can be found
 * after the source is gone. Injective: account and bucket hold no `/`, and an id holds no `@` or `~`,
 * so the last `@` ends the key whatever the key holds. `attempt` 1 is the one other place that is
 * tried when what lies at the first does not verify.
 */
export function isolationKey(object: FlaggedObject, attempt: 0 | 1): string {
  const id = `${object.versionId ?? object.eTag}${attempt === 0 ? '' : '~1'}`;
  const [plain, hashed] = prefixesOfCopies(object);
  return Buffer.byteLength(plain + id) <= maximumKeyBytes ? plain + id : hashed + id;
}

/** Both places in the order in which they are tried. */
export function isolationKeys(object: FlaggedObject): readonly [string, string] {
  return [isolationKey(object, 0), isolationKey(object, 1)];
}

/** What the keys of all copies of one key begin with. Which of the two it is depends on the length of the id. */
export function prefixesOfCopies({ accountId, bucket, key }: ObjectAddress): readonly [string, string] {
  return [
    `${prefixes.copies}${accountId}/${bucket}/${key}@`,
    `${prefixes.hashedCopies}${accountId}/${bucket}/${sha256Hex(key)}@`,
  ];
}

/** Whether a key of the isolation bucket is that of a copy of this very key, and not of one that goes on with an `@` of its own. */
export function isCopyUnder(prefix: string, isolationKey: string): boolean {
  return isolationKey.startsWith(prefix) && /^[^@~]+(~1)?$/.test(isolationKey.slice(prefix.length));
}

/** Where the provenance of a copy lies that found no room in the copy's metadata. */
export function provenanceKey(isolationKey: string): string {
  return `${prefixes.provenance}${sha256Hex(isolationKey)}.json`;
}

/** Where the properties lie that a copy does not carry. */
export function keptPropertiesKey(isolationKey: string): string {
  return `${prefixes.provenance}${sha256Hex(isolationKey)}.properties.json`;
}

/** For a version that was removed as identical to another: where the note lies that names the copy of its bytes. */
export function identicalNoteKey(object: FlaggedObject): string {
  return `${prefixes.provenance}identical/${sha256Hex(isolationKey(object, 0))}.json`;
}

/** Where the note lies of what a handling removed and could not tell. */
export function removalNoteKey(finding: RecordedFinding): string {
  return `${prefixes.provenance}removals/${sha256Hex(sharedRecordKey(finding, { name: 'isolated' }))}.json`;
}

/**
 * One record for each finding and outcome, dated by the finding so that a redelivery finds the same
 * key. `id` and date were checked by the parser and hold nothing that could lead elsewhere.
 */
export function recordKey(finding: RecordedFinding, outcome: Named): string {
  return `${recordStem(finding)}.${outcome.name}.json`;
}

/** For an object whose finding id has its record about another object. */
export function sharedRecordKey(finding: RecordedFinding, outcome: Named): string {
  const object = sha256Hex(identityOf(finding.object)).slice(0, 16);
  return `${recordStem(finding)}~${object}.${outcome.name}.json`;
}

function recordStem({ id, createdAt }: RecordedFinding): string {
  return recordsBeginning(`dt=${createdAt.toISOString().slice(0, 10)}`, id);
}

/** What the keys of records begin with, by the name of a day's folder and the beginning of a finding's id. */
export function recordsBeginning(dayFolder: string, idBeginning: string): string {
  return `${prefixes.records}${dayFolder}/${idBeginning}`;
}

/** What a record's key tells. `undefined`: it is no record's key. */
export function parseRecordKey(
  key: string,
): { readonly day: string; readonly findingId: string; readonly outcome: string } | undefined {
  const [, day, findingId, outcome] =
    /^records\/dt=(\d{4}-\d\d-\d\d)\/([\w-]+)(?:~[\da-f]{16})?\.([a-z_]+)\.json$/.exec(key) ?? [];
  if (day === undefined || findingId === undefined || outcome === undefined) return undefined;
  return { day, findingId, outcome };
}

/** The isolation key, which tells account, bucket, key and version or ETag. A message may name no object. */
export function identityOf(object: FlaggedObject | undefined): string {
  return object === undefined ? '' : isolationKey(object, 0);
}

/** One identity (ETag or version id) of one key that a person has released. */
export function releaseKey({ accountId, bucket, key }: ObjectAddress, id: string): string {
  return `${prefixes.releases}${accountId}/${bucket}/${sha256Hex(key)}/${id}.json`;
}

/** The order of an operator to pause or to resume. */
export const pauseKey = `${prefixes.control}pause.json`;
/** How much of this hour's budget is leased. */
export const budgetKey = `${prefixes.control}budget.json`;

/** Where a policy lies that was in force. */
export function policyKey(hash: string): string {
  return `${prefixes.control}policy/${hash}.json`;
}

/** Where the body of a message is kept that no longer fits into the dead-letter queue. */
export function rejectedBodyKey(sha256: string): string {
  return `${prefixes.rejected}${sha256}`;
}

/**
 * What a halted worker puts and copies to find out whether it may go on. The copy's key is of the form of an
 * isolated object's, so the permissions of real copies decide. No real copy has this key: the isolation
 * bucket is never a source.
 */
export function probeKeys(probe: {
  readonly accountId: string;
  readonly isolationBucket: string;
  readonly worker: string;
  readonly since: Date;
}): { readonly from: string; readonly to: string } {
  const worker = probe.worker.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64) || 'worker';
  const start = probe.since.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return {
    from: `${prefixes.control}probe/${worker}`,
    to: `${prefixes.copies}${probe.accountId}/${probe.isolationBucket}/.probe@${start}-${worker}`,
  };
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
