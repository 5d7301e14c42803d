import type { ChooseVersions, ChosenVersions, VersionSeen } from './choose-versions.ts';
import { makeVerifiedCopy } from './copy-object.ts';
import { RefusedError } from './errors.ts';
import type { Finding, FlaggedObject } from './finding.ts';
import type { ListedVersion, Ports } from './ports.ts';
import { isReleased } from './release-records.ts';

/**
 * `SOURCE_VERSIONS=all`: every version of the key that the listing shows is copied to a key of its own and
 * verified, and only then chosen for removal. What cannot be copied stays.
 */
export function chooseAllOthers(finding: Finding, ports: Ports, serviceVersion: string): ChooseVersions {
  return async (listed, flagged) => {
    const others: VersionSeen[] = [];
    let lock: ChosenVersions['lock'];
    for (const version of listed) {
      if (version.isMarker || version.versionId === flagged.versionId) continue;
      const stored = await copyVersion(finding, version, ports, serviceVersion);
      if (stored === 'stays') continue;
      others.push({ versionId: version.versionId, eTag: stored.eTag });
      lock ??= stored.lock;
    }
    return { others, uncompared: [], mixed: true, ...(lock && { lock }) };
  };
}

async function copyVersion(
  finding: Finding,
  { versionId, eTag, sizeBytes }: ListedVersion,
  ports: Ports,
  serviceVersion: string,
) {
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
  try {
    const stored = await ports.source.head(object, versionId);
    // A `null` version may have been replaced since it was listed.
    if (stored?.eTag !== eTag) return 'stays';
    // A person put it back.
    if (await isReleased(object, stored, ports.isolation)) return 'stays';
    const copy = await makeVerifiedCopy({ ...finding, object }, stored, ports, serviceVersion);
    return copy === 'source-changed' ? 'stays' : stored;
  } catch (error) {
    if (error instanceof RefusedError) return 'stays';
    throw error;
  }
}
