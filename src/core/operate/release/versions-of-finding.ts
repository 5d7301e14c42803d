import { isCopyUnder, isolationKey, isolationKeys, prefixesOfCopies } from '../../evidence/keys.ts';
import { readProvenance } from '../../evidence/provenance.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { Provenance } from '../../isolation.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import { realVersionId } from '../../version-id.ts';
import type { EvidenceReader } from '../records/evidence-reader.ts';
import { inOrder } from '../records/in-order.ts';
import { inOrderOfTime, type ReleasePlan } from './plan-release.ts';

/** A version of a key that has a copy of its own. */
export interface CopiedVersion {
  readonly object: FlaggedObject;
  readonly sourceLastModified?: string;
}

/** How many copies are looked at together. */
const looksAtOnce = 16;

/**
 * Returns the versions of the key that this finding had isolated, oldest first. Besides the flagged version these
 * are the versions that were copied to keys of their own (`SOURCE_VERSIONS=all`, and probable copies): their
 * provenance names the finding.
 */
export async function versionsOfFinding(
  { findingId, object, removedVersions, sourceLastModified }: Extract<ReleasePlan, { kind: 'object' }>,
  evidence: Pick<EvidenceReader, 'keys'>,
  isolationBucket: IsolationBucket,
): Promise<readonly CopiedVersion[]> {
  const flagged: CopiedVersion = { object, ...(sourceLastModified !== undefined && { sourceLastModified }) };
  const isFlagged = new Set<string>(isolationKeys(object));
  const others = new Map<string, CopiedVersion>();
  const seen = inOrder(copiesOf(object, evidence), looksAtOnce, async (key) => {
    if (isFlagged.has(key)) return undefined;
    const stored = await isolationBucket.head(key);
    const provenance = stored && (await readProvenance(isolationBucket, key, stored));
    return provenance?.findingId === findingId ? { key, provenance } : undefined;
  });
  for await (const copy of seen) {
    if (copy === undefined) continue;
    const version = versionOf(object, copy.provenance);
    if (!isolationKeys(version.object).includes(copy.key)) continue;
    others.set(isolationKey(version.object, 0), version);
  }
  // A record names versions newest first. That decides where S3's times, which have whole seconds, are equal.
  const ageOf = ({ object: { versionId } }: CopiedVersion) => removedVersions.indexOf(versionId ?? 'null');
  const older = [...others.values()].toSorted((one, other) => ageOf(other) - ageOf(one));
  return inOrderOfTime([...older, flagged]);
}

function versionOf({ accountId, bucket, key, region }: FlaggedObject, source: Provenance): CopiedVersion {
  const versionId = realVersionId(source.sourceVersionId);
  return {
    object: {
      accountId,
      ...(region !== undefined && { region }),
      bucket,
      key,
      ...(versionId !== undefined && { versionId }),
      eTag: source.sourceETag,
      sizeBytes: source.sizeBytes,
    },
    ...(source.lastModified !== undefined && { sourceLastModified: source.lastModified }),
  };
}

async function* copiesOf(
  object: FlaggedObject,
  { keys }: Pick<EvidenceReader, 'keys'>,
): AsyncGenerator<string> {
  for (const prefix of prefixesOfCopies(object)) {
    for await (const key of keys(prefix)) if (isCopyUnder(prefix, key)) yield key;
  }
}
