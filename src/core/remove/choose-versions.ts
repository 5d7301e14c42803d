import { compareBytes, type KnownBytes } from '../evidence/compare-bytes.ts';
import { isReleased } from '../evidence/release-records.ts';
import type { VersionSeen } from '../isolation.ts';
import type { ListedVersion } from '../source-buckets.ts';
import type { Work } from '../work.ts';
import { type CopyVersion, versionCopier } from './copy-version.ts';
import { headIfAllowed } from './head-if-allowed.ts';
import { listAgain } from './list-again.ts';

/** Which versions of a flagged key are removed: the setting `SOURCE_VERSIONS`. */
export type SourceVersions = 'flagged' | 'identical' | 'all';

/** The versions that are removed besides the flagged version. */
export interface ChosenVersions {
  readonly others: readonly VersionSeen[];
  /** Whether the version is identical to the flagged version, and so has no copy of its own. */
  readonly identical: readonly VersionSeen[];
  /**
   * Ids of versions that stay and may hold the flagged bytes: nothing could compare them, or a person released them. People
   * are alerted.
   */
  readonly uncompared: readonly string[];
  /**
   * Some of the other versions hold other bytes, which must not resurface while the versions are removed one
   * by one.
   */
  readonly mixed?: true;
  /** One of the other versions is locked. */
  readonly lock?: 'locked' | 'legal-hold';
}

/** The known facts about the flagged bytes, with which other versions are compared. */
export type FlaggedBytes = KnownBytes & {
  /** Absent if the flagged version is gone already. */
  readonly versionId?: string;
};

export type ChooseVersions = (
  listed: readonly ListedVersion[],
  flagged: FlaggedBytes,
) => Promise<ChosenVersions>;

/** Chooses no other version. Those of the flagged size may hold the flagged bytes, and nothing compares them. */
export const chooseNone: ChooseVersions = async (listed, flagged) => {
  const others = listed.filter(({ versionId }) => versionId !== flagged.versionId);
  return { others: [], identical: [], uncompared: idsOfSize(others, flagged.sizeBytes) };
};

/** The ids of the versions of this size; of all versions, if the size is not known. */
export function idsOfSize(
  listed: readonly ListedVersion[],
  sizeBytes: number | undefined,
): readonly string[] {
  const isOfSize = (version: ListedVersion) => sizeBytes === undefined || version.sizeBytes === sizeBytes;
  return listed.filter((version) => !version.isMarker && isOfSize(version)).map(({ versionId }) => versionId);
}

/**
 * Chooses the identical versions, and the probably identical versions, each of which is first copied to its
 * own isolation key. Only versions of the flagged size are compared. A version that stays listed, and that
 * HEAD or the copy lacks, counts as uncompared.
 */
export function chooseIdentical(
  work: Work,
  copyVersion: CopyVersion = versionCopier(work),
  mayBeChosen: (version: ListedVersion) => boolean = () => true,
): ChooseVersions {
  const { object } = work.finding;
  const { sourceBuckets, isolationBucket } = work.ports;
  return async (listed, flagged) => {
    const others: VersionSeen[] = [];
    const identical: VersionSeen[] = [];
    const uncompared: string[] = [];
    const lacked: ListedVersion[] = [];
    let lock: ChosenVersions['lock'];
    for (const version of listed) {
      const { isMarker, sizeBytes, versionId } = version;
      if (isMarker || versionId === flagged.versionId || sizeBytes !== flagged.sizeBytes) continue;
      if (!mayBeChosen(version)) {
        uncompared.push(versionId);
        continue;
      }
      const stored = await headIfAllowed(object, versionId, sourceBuckets);
      if (stored === undefined) lacked.push(version);
      if (stored === 'denied') uncompared.push(versionId);
      if (stored === undefined || stored === 'denied') continue;
      const verdict = compareBytes(stored, flagged);
      if (verdict === 'incomparable') uncompared.push(versionId);
      if (verdict !== 'equal' && verdict !== 'probable') continue;
      // A person put this version back.
      if (await isReleased(object, stored, isolationBucket)) {
        uncompared.push(versionId);
        continue;
      }
      const chosen = { versionId, eTag: stored.eTag };
      if (verdict === 'probable') {
        const copied = await copyVersion(versionId, stored);
        if (copied === 'refused') uncompared.push(versionId);
        if (copied === 'stays') lacked.push(version);
        if (copied !== 'copied') continue;
      } else {
        identical.push(chosen);
      }
      others.push(chosen);
      lock ??= stored.lock;
    }
    await listAgain(lacked, listed, object, sourceBuckets);
    uncompared.push(...lacked.map(({ versionId }) => versionId));
    const isMixed = others.length > identical.length;
    return {
      others,
      identical,
      uncompared,
      ...(isMixed && { mixed: true as const }),
      ...(lock && { lock }),
    };
  };
}

/**
 * For `flagged`, if the finding has only an ETag: the finding names every version with this ETag, and nothing compares the
 * others.
 */
export function chooseByETag(work: Work, copyVersion?: CopyVersion): ChooseVersions {
  const { eTag } = work.finding.object;
  return chooseIdentical(work, copyVersion, (version) => version.eTag === eTag);
}
