import { compareBytes } from '../evidence/compare-bytes.ts';
import { isReleased } from '../evidence/release-records.ts';
import type { VersionSeen } from '../isolation.ts';
import type { ListedVersion, StoredObject } from '../source-buckets.ts';
import type { Work } from '../work.ts';
import type { ChooseVersions, ChosenVersions } from './choose-versions.ts';
import { type CopyVersion, versionCopier } from './copy-version.ts';
import { headIfAllowed } from './head-if-allowed.ts';
import { listAgain } from './list-again.ts';

/**
 * For `SOURCE_VERSIONS=all`: every listed version is copied to its own isolation key and verified, and only
 * then chosen for removal. A version that cannot be copied stays, unless it is identical to the flagged
 * version, of which there is a copy.
 */
export function chooseAllOthers(work: Work, copyVersion = versionCopier(work)): ChooseVersions {
  return async (listed, flagged) => {
    const others: VersionSeen[] = [];
    const identical: VersionSeen[] = [];
    const uncompared: string[] = [];
    const lacked: ListedVersion[] = [];
    let lock: ChosenVersions['lock'];
    for (const version of listed) {
      if (version.isMarker || version.versionId === flagged.versionId) continue;
      const copied = await copyListed(work, version, copyVersion);
      const isOfSize = version.sizeBytes === flagged.sizeBytes;
      if (copied === 'released' && isOfSize) uncompared.push(version.versionId);
      if (copied === 'lacked' && isOfSize) lacked.push(version);
      if (copied === 'stays' || copied === 'released' || copied === 'lacked') continue;
      const chosen = { versionId: version.versionId, eTag: version.eTag };
      if (!copied.isVerified) {
        if (!isOfSize) continue;
        const verdict = copied.stored ? compareBytes(copied.stored, flagged) : 'incomparable';
        if (verdict === 'incomparable' || verdict === 'probable') uncompared.push(version.versionId);
        if (verdict !== 'equal') continue;
        identical.push(chosen);
      }
      others.push(chosen);
      lock ??= copied.stored?.lock;
    }
    await listAgain(lacked, listed, work.finding.object, work.ports.sourceBuckets);
    uncompared.push(...lacked.map(({ versionId }) => versionId));
    return { others, identical, uncompared, mixed: true, ...(lock && { lock }) };
  };
}

/**
 * `stored` is absent if the version may not be read. `lacked`: the version is listed, and was not found. `released`: a
 * person put it back.
 */
type Copied =
  | { readonly isVerified: boolean; readonly stored?: StoredObject }
  | 'stays'
  | 'released'
  | 'lacked';

async function copyListed(
  { finding: { object }, ports: { sourceBuckets, isolationBucket } }: Work,
  { versionId, eTag }: ListedVersion,
  copyVersion: CopyVersion,
): Promise<Copied> {
  const stored = await headIfAllowed(object, versionId, sourceBuckets);
  if (stored === 'denied') return { isVerified: false };
  if (stored === undefined) return 'lacked';
  // A `null` version may have been replaced since the listing.
  if (stored.eTag !== eTag) return 'stays';
  // A person put this version back.
  if (await isReleased(object, stored, isolationBucket)) return 'released';
  const copied = await copyVersion(versionId, stored);
  return copied === 'stays' ? 'lacked' : { isVerified: copied === 'copied', stored };
}
