import { envelope, macieDetail } from '../../test/support/findings.ts';
import type { AccountBucket, Load, SourceBucket } from './protocol.ts';

/** What every object of the stub is. */
export const objectETag = 'd41d8cd98f00b204e9800998ecf8427e';
export const objectVersion = 'v-flagged';
export const sourceOwner = '444455556666';

/** The last of the ten accounts is the one that gets stuck. */
export const stuckBucket = 'lake9' satisfies AccountBucket;
const ownerOf = (account: number) => `44445555666${account}`;

/** Whether the message is about an object of the last account. */
export function isOfLastAccount(body: string): boolean {
  return body.includes(`"${ownerOf(9)}"`);
}

/** The buckets of the ten accounts have no versions. */
export function isVersioned(bucket: string): boolean {
  return bucket.startsWith('lake-');
}

let findings = 0;

/** One body after the other, so that two hundred thousand cost no memory. */
export function* messageBodies(load: Load): Generator<string> {
  const { bucket = 'lake', sizeBytes = 1_000, slowOneIn = 0, count, tenAccounts } = load;
  const draw = seededDraw();
  for (let index = 0; index < count; index += 1) {
    findings += 1;
    const slow = slowOneIn > 0 && draw() * slowOneIn < 1;
    const account = index % 10;
    const [where, owner] = tenAccounts
      ? ([`lake${account}`, ownerOf(account)] as const)
      : ([bucket, sourceOwner] as const);
    yield template(where, sizeBytes, owner)
      .replace('FINDING-ID', findings.toString(16).padStart(32, '0'))
      .replaceAll('OBJECT-KEY', `${slow ? 'slow' : 'data'}/object-${findings}.csv`);
  }
}

/** The finding of this id as Macie tells it, as JSON: of a load with a bucket and objects as they are unless named. */
export function macieAnswer(id: string): string {
  return unnamed
    .replace('FINDING-ID', id)
    .replaceAll('OBJECT-KEY', `data/object-${Number.parseInt(id, 16)}.csv`);
}

const templates = new Map<string, string>();

function template(bucket: SourceBucket | AccountBucket, sizeBytes: number, owner: string): string {
  const name = `${bucket} ${sizeBytes}`;
  const known = templates.get(name) ?? JSON.stringify(envelope(detail(bucket, sizeBytes, owner)));
  templates.set(name, known);
  return known;
}

function detail(bucket: string, sizeBytes: number, owner = sourceOwner) {
  const versionId = isVersioned(bucket) ? objectVersion : '';
  const made = macieDetail(
    { id: 'FINDING-ID', accountId: owner },
    { key: 'OBJECT-KEY', path: `${bucket}/OBJECT-KEY`, eTag: objectETag, versionId, size: sizeBytes },
  );
  (made['resourcesAffected'] as { s3Bucket: { name: string } }).s3Bucket.name = bucket;
  return made;
}

const unnamed = JSON.stringify(detail('lake', 1_000));

/** Mulberry32: the same draws in every run, so that each side gets the same slow objects. */
function seededDraw(): () => number {
  let state = 20_261_124;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
