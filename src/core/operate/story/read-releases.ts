import { releasesOf } from '../../evidence/keys.ts';
import { type ReleaseRecord, readReleaseRecord } from '../../evidence/read-release.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { EvidenceReader } from '../records/evidence-reader.ts';
import type { CopySeen } from './look-at-copy.ts';

/**
 * Returns the releases of this copy, oldest first. One release writes a record for each identity of the object:
 * those of one person and reason count as one release, at its first time.
 */
export async function readReleases(
  object: FlaggedObject,
  copy: CopySeen,
  evidence: EvidenceReader,
): Promise<readonly ReleaseRecord[]> {
  const key = 'key' in copy ? copy.key : undefined;
  const found: ReleaseRecord[] = [];
  for await (const recordKey of evidence.keys(releasesOf(object))) {
    const record = readReleaseRecord(await evidence.get(recordKey));
    if (record === undefined) continue;
    if (key === undefined || record.isolation_key === undefined || record.isolation_key === key) {
      found.push(record);
    }
  }
  found.sort((one, other) => (one.released_at < other.released_at ? -1 : 1));
  const firsts = new Map<string, ReleaseRecord>();
  for (const record of found) {
    const same = JSON.stringify([record.who, record.why, record.isolation_key]);
    const first = firsts.get(same);
    const lost = [...new Set([...(first?.lost ?? []), ...(record.lost ?? [])])];
    firsts.set(same, { ...(first ?? record), lost });
  }
  return [...firsts.values()];
}
