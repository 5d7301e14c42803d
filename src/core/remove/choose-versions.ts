import { compareBytes, type KnownBytes } from '../evidence/compare-bytes.ts';
import { isReleased } from '../evidence/release-records.ts';
import type { VersionSeen } from '../isolation.ts';
import type { ListedVersion } from '../ports.ts';
import type { Work } from '../work.ts';
import { versionCopier } from './copy-version.ts';
import { headIfAllowed } from './head-if-allowed.ts';

/** Which versions of a flagged key are removed: the setting `SOURCE_VERSIONS`. */
export type SourceVersions = 'flagged' | 'identical' | 'all';

/** The versions that are removed beside the flagged one. */
export interface ChosenVersions {
  readonly others: readonly VersionSeen[];
  /** Those among them that are the flagged bytes once more, and so have no copy of their own. */
  readonly identical: readonly VersionSeen[];
  /** Version ids that may hold the flagged bytes, which could not be proved: they stay, and people are told. */
  readonly uncompared: readonly string[];
  /** The others hold bytes of their own, which must not surface either while one after the other goes. */
  readonly mixed?: true;
  /** One of the others may not be removed. */
  readonly lock?: 'locked' | 'legal-hold';
}

/** What is known of the flagged bytes when others are compared with them. */
export type FlaggedBytes = KnownBytes & {
  /** Absent where it is gone already. */
  readonly versionId?: string;
};

export type ChooseVersions = (
  listed: readonly ListedVersion[],
  flagged: FlaggedBytes,
) => Promise<ChosenVersions>;

export const chooseNone: ChooseVersions = async () => ({ others: [], identical: [], uncompared: [] });

/**
 * Those whose bytes are proved identical to the flagged ones, and those that probably are, each of which gets
 * a copy of its own first. Only the same size is looked at more closely.
 */
export function chooseIdentical(work: Work): ChooseVersions {
  const { object } = work.finding;
  const { source, isolation } = work.ports;
  const copyVersion = versionCopier(work);
  return async (listed, flagged) => {
    const others: VersionSeen[] = [];
    const identical: VersionSeen[] = [];
    const uncompared: string[] = [];
    let lock: ChosenVersions['lock'];
    for (const { isMarker, sizeBytes, versionId } of listed) {
      if (isMarker || versionId === flagged.versionId || sizeBytes !== flagged.sizeBytes) continue;
      const stored = await headIfAllowed(object, versionId, source);
      if (stored === undefined) continue;
      if (stored === 'denied') {
        uncompared.push(versionId);
        continue;
      }
      const verdict = compareBytes(stored, flagged);
      if (verdict === 'incomparable') uncompared.push(versionId);
      if (verdict !== 'equal' && verdict !== 'probable') continue;
      // A person put it back.
      if (await isReleased(object, stored, isolation)) continue;
      const chosen = { versionId, eTag: stored.eTag };
      if (verdict === 'probable') {
        const copied = await copyVersion(versionId, stored);
        if (copied === 'refused') uncompared.push(versionId);
        if (copied !== 'copied') continue;
      } else {
        identical.push(chosen);
      }
      others.push(chosen);
      lock ??= stored.lock;
    }
    const isMixed = others.length > identical.length;
    return { others, identical, uncompared, ...(isMixed && { mixed: true as const }), ...(lock && { lock }) };
  };
}

/** `flagged`, where the finding has an ETag alone: every version with this ETag is what it names. */
export function chooseByETag(identical: ChooseVersions, eTag: string | undefined): ChooseVersions {
  return (listed, flagged) =>
    identical(
      listed.filter((version) => version.eTag === eTag),
      flagged,
    );
}
