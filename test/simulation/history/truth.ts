import type { Message } from '../../../src/core/message.ts';
import type { Place } from '../model/bucket.ts';
import { type Entry, type Form, md5Hex } from '../model/objects.ts';
import type { ModelS3 } from '../model/s3.ts';
import type { World } from '../world.ts';

/** What a finding means, known to the model whatever the product makes of it. */
export interface FlaggedTruth extends Place {
  /** `f0` for the first finding of the world. */
  readonly name: string;
  readonly id: string;
  readonly accountId: string;
  readonly bytes: string;
  readonly form: Form;
  /** The write that Macie read. */
  readonly write: string;
  readonly versionId: string | undefined;
  readonly eTag: string | undefined;
}

/** Whether this entry is what the finding's identity names. */
export function isFlaggedBy(flagged: FlaggedTruth, at: Place, entry: Entry): boolean {
  if (
    flagged.accountId !== entry.accountId ||
    entry.isMarker ||
    at.bucket !== flagged.bucket ||
    at.key !== flagged.key
  )
    return false;
  if (flagged.versionId !== undefined && entry.versionId !== flagged.versionId) return false;
  return flagged.eTag === undefined || entry.eTag === flagged.eTag;
}

/** The findings as Macie would make them of the state at the start; those about nothing are left out. */
export function findingsOf(world: World, s3: ModelS3): (FlaggedTruth | undefined)[] {
  const findings = world.findings.map((flag, index) => {
    const { bucket, key, depth, names } = flag;
    const entry = s3.entries({ bucket, key })[depth];
    if (entry === undefined || entry.isMarker) return undefined;
    const real = entry.versionId === 'null' ? undefined : entry.versionId;
    const versionId = names === 'etag' ? undefined : real;
    return {
      name: `f${index}`,
      id: md5Hex(`finding ${flag.sharesId ? 0 : index}`),
      bucket,
      key,
      accountId: flag.accountId ?? s3.bucket(bucket).accountId,
      bytes: entry.bytes,
      form: entry.form,
      write: flag.accountId === undefined ? entry.write : 'none',
      versionId,
      eTag: names === 'version' && versionId !== undefined ? undefined : entry.eTag,
    };
  });
  // The same object, named in the same way, under the same id is the same finding once more.
  const isSame = (one: FlaggedTruth, other: FlaggedTruth | undefined) =>
    other !== undefined && identityOf(one) === identityOf(other);
  return findings.map((flagged) => {
    const first = flagged && findings.find((other) => isSame(flagged, other));
    return flagged && first && { ...flagged, name: first.name };
  });
}

function identityOf({ id, accountId, bucket, key, versionId, eTag }: FlaggedTruth): string {
  return JSON.stringify([id, accountId, bucket, key, versionId ?? eTag]);
}

const sentAt = new Date('2026-11-20T20:00:00.000Z');

/** The finding as EventBridge delivers it. */
export function messageOf(flagged: FlaggedTruth, index: number): Message {
  const { id, accountId, bucket, key, versionId, eTag } = flagged;
  const body = JSON.stringify({
    id: md5Hex(`envelope ${index}`),
    'detail-type': 'Macie Finding',
    source: 'aws.macie',
    account: '111122223333',
    time: '2026-11-20T19:59:59Z',
    region: 'us-east-1',
    detail: {
      id,
      accountId,
      region: 'us-east-1',
      type: 'SensitiveData:S3Object/Personal',
      category: 'CLASSIFICATION',
      severity: { description: 'High', score: 3 },
      createdAt: '2026-11-20T19:59:58.000Z',
      sample: false,
      archived: false,
      resourcesAffected: {
        s3Bucket: { name: bucket },
        s3Object: { key, eTag: eTag ?? null, versionId: versionId ?? '', size: flagged.bytes.length },
      },
    },
  });
  return { id: `m${index}`, body, receiveCount: 0, sentAt };
}
