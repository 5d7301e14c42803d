import {
  type ChooseVersions,
  type ChosenVersions,
  compareBytes,
  type VersionSeen,
} from './choose-versions.ts';
import { makeVerifiedCopy } from './copy-object.ts';
import { RefusedError } from './errors.ts';
import type { Finding, FlaggedObject } from './finding.ts';
import type { ListedVersion, Ports, StoredObject } from './ports.ts';
import { isReleased } from './release-records.ts';

/**
 * `SOURCE_VERSIONS=all`: every version of the key that the listing shows is copied to a key of its own and
 * verified, and only then chosen for removal. What cannot be copied stays, unless it is the flagged bytes
 * once more, of which there is a copy.
 */
export function chooseAllOthers(finding: Finding, ports: Ports, serviceVersion: string): ChooseVersions {
  return async (listed, flagged) => {
    const others: VersionSeen[] = [];
    const identical: VersionSeen[] = [];
    const uncompared: string[] = [];
    let lock: ChosenVersions['lock'];
    for (const version of listed) {
      if (version.isMarker || version.versionId === flagged.versionId) continue;
      const copied = await copyVersion(finding, version, ports, serviceVersion);
      if (copied === 'stays') continue;
      const chosen = { versionId: version.versionId, eTag: version.eTag };
      if (!copied.isVerified) {
        if (version.sizeBytes !== flagged.sizeBytes) continue;
        const verdict = copied.stored ? compareBytes(copied.stored, flagged) : 'incomparable';
        if (verdict === 'incomparable') uncompared.push(version.versionId);
        if (verdict !== 'equal') continue;
        identical.push(chosen);
      }
      others.push(chosen);
      lock ??= copied.stored?.lock;
    }
    return { others, identical, uncompared, mixed: true, ...(lock && { lock }) };
  };
}

/** `stored` is absent where the version may not be looked at. */
type Copied = { readonly isVerified: boolean; readonly stored?: StoredObject } | 'stays';

async function copyVersion(
  finding: Finding,
  { versionId, eTag, sizeBytes }: ListedVersion,
  ports: Ports,
  serviceVersion: string,
): Promise<Copied> {
  const { accountId, region, bucket, key } = finding.object;
  const object: FlaggedObject = {
    accountId,
    bucket,
    key,
    eTag,
    sizeBytes,
    ...(region !== undefined && { region }),
    // `null` identifies nothing: such a version's copy is named by its ETag, as that of a flagged one is.
    ...(versionId !== 'null' && { versionId }),
  };
  let stored: StoredObject | undefined;
  try {
    stored = await ports.source.head(object, versionId);
    // A `null` version may have been replaced since it was listed.
    if (stored?.eTag !== eTag) return 'stays';
    // A person put it back.
    if (await isReleased(object, stored, ports.isolation)) return 'stays';
    const copy = await makeVerifiedCopy({ ...finding, object }, stored, ports, serviceVersion);
    return copy === 'source-changed' ? 'stays' : { isVerified: true, stored };
  } catch (error) {
    if (error instanceof RefusedError) return { isVerified: false, ...(stored && { stored }) };
    throw error;
  }
}
