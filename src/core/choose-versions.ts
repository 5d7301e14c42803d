import { compareChecksums, md5Checksum } from './checksum.ts';
import type { ObjectAddress } from './finding.ts';
import { headIfAllowed } from './head-if-allowed.ts';
import type { IsolationBucket, ListedVersion, SourceBuckets, StoredObject } from './ports.ts';
import { isReleased } from './release-records.ts';

/** Which versions of a flagged key are removed: the setting `SOURCE_VERSIONS`. */
export type SourceVersions = 'flagged' | 'identical' | 'all';

/** One version as it was when it was looked at. */
export interface VersionSeen {
  readonly versionId: string;
  readonly eTag: string;
}

/** The versions that are removed beside the flagged one. */
export interface ChosenVersions {
  readonly others: readonly VersionSeen[];
  /** Those among them that are the flagged bytes once more, and so have no copy of their own. */
  readonly identical: readonly VersionSeen[];
  /** Version ids of the flagged size whose bytes could not be compared: they stay, and people are told. */
  readonly uncompared: readonly string[];
  /** The others hold bytes of their own, which must not surface either while one after the other goes. */
  readonly mixed?: true;
  /** One of the others may not be removed. */
  readonly lock?: 'locked' | 'legal-hold';
}

/** What is known of the flagged bytes when others are compared with them. */
export type FlaggedBytes = Pick<StoredObject, 'sizeBytes' | 'checksum' | 'md5'> & {
  /** Absent where it is gone already. */
  readonly versionId?: string;
};

export type ChooseVersions = (
  listed: readonly ListedVersion[],
  flagged: FlaggedBytes,
) => Promise<ChosenVersions>;

export const chooseNone: ChooseVersions = async () => ({ others: [], identical: [], uncompared: [] });

/** Those whose bytes are proved identical to the flagged ones. Only the same size is looked at more closely. */
export function chooseIdentical(
  object: ObjectAddress,
  source: SourceBuckets,
  isolation: IsolationBucket,
): ChooseVersions {
  return async (listed, flagged) => {
    const others: VersionSeen[] = [];
    const uncompared: string[] = [];
    let lock: ChosenVersions['lock'];
    for (const { isMarker, sizeBytes, versionId } of listed) {
      if (isMarker || versionId === flagged.versionId || sizeBytes !== flagged.sizeBytes) continue;
      const stored = await headIfAllowed(object, versionId, source);
      if (stored === undefined) continue;
      const verdict = stored === 'denied' ? 'incomparable' : compareBytes(stored, flagged);
      if (verdict === 'incomparable') uncompared.push(versionId);
      if (verdict !== 'equal' || stored === 'denied') continue;
      // A person put it back.
      if (await isReleased(object, stored, isolation)) continue;
      others.push({ versionId, eTag: stored.eTag });
      lock ??= stored.lock;
    }
    return { others, identical: others, uncompared, ...(lock && { lock }) };
  };
}

/** `flagged`, where the finding has an ETag alone: every version with this ETag is what it names. */
export function chooseTwins(identical: ChooseVersions, eTag: string | undefined): ChooseVersions {
  return (listed, flagged) =>
    identical(
      listed.filter((version) => version.eTag === eTag),
      flagged,
    );
}

/**
 * By S3's checksums and by the MD5s that ETags of single-part objects without KMS are. Whichever differs
 * counts: a CRC can be forged. Where there is nothing but a CRC, it is believed (docs/threat-model.md).
 */
export function compareBytes(
  stored: Pick<StoredObject, 'checksum' | 'md5'>,
  flagged: Pick<StoredObject, 'checksum' | 'md5'>,
): 'equal' | 'different' | 'incomparable' {
  const verdicts = [
    compareChecksums(stored.checksum, flagged.checksum),
    compareChecksums(md5Of(stored), md5Of(flagged)),
  ];
  if (verdicts.includes('different')) return 'different';
  return verdicts.includes('equal') ? 'equal' : 'incomparable';
}

function md5Of({ checksum, md5 }: Pick<StoredObject, 'checksum' | 'md5'>) {
  if (checksum?.algorithm === 'MD5') return checksum;
  return md5 === undefined ? undefined : md5Checksum(md5);
}
