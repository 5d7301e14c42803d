import { isolationKeys, releasesOf } from '../../evidence/keys.ts';
import { type ReleaseRecord, readReleaseRecord } from '../../evidence/read-release.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { EvidenceReader } from '../records/evidence-reader.ts';
import type { CopySeen } from './look-at-copy.ts';

/**
 * Returns the releases of this object, oldest first. One release writes a record for each identity of the object:
 * those of one person and reason count as one release, at its first time. `recorded` are the copies that records name.
 */
export async function readReleases(
  object: FlaggedObject,
  recorded: readonly string[],
  copy: CopySeen,
  evidence: EvidenceReader,
): Promise<readonly ReleaseRecord[]> {
  const copies = new Set([...recorded, ...isolationKeys(object), ...('key' in copy ? [copy.key] : [])]);
  const { sourceETag } = ('provenance' in copy && copy.provenance) || {};
  const identities = new Set([object.versionId, object.eTag, sourceETag]);
  const found: ReleaseRecord[] = [];
  for await (const recordKey of evidence.keys(releasesOf(object))) {
    const record = readReleaseRecord(await evidence.get(recordKey));
    if (record === undefined) continue;
    // Other versions of the key may have been released too. What was released where it is has no copy.
    const { isolation_key: of } = record;
    if (of === undefined ? identities.has(identityIn(recordKey, object)) : copies.has(of)) found.push(record);
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

/** Returns the ETag or version id that a release record is about. */
function identityIn(recordKey: string, object: FlaggedObject): string {
  return recordKey.slice(releasesOf(object).length).replace(/(~[\da-f]{16})?\.json$/, '');
}
