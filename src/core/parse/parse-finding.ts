import type { Unconfirmed } from '../confirmation.ts';
import { releaseMark } from '../evidence/release-records.ts';
import {
  type Finding,
  type FlaggedObject,
  type ObjectAddress,
  type Severity,
  severities,
} from '../finding.ts';
import { jsonOf } from '../json.ts';
import { checkedETag, checkedVersionId, isBucketName, isObjectKey } from '../object-names.ts';
import type { ReasonOf } from '../outcome.ts';
import { detectionsOf } from './detections.ts';
import { type Detail, detailSchema, envelopeSchema } from './finding-schema.ts';
import { traitsOf } from './traits.ts';

export type Parsed =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | ({
      readonly kind: 'ignored';
      readonly reason: ReasonOf<'ignored'>;
    } & Partial<Identified>)
  | ({
      readonly kind: 'rejected';
      readonly reason: ReasonOf<'rejected'>;
      readonly unconfirmed?: Unconfirmed;
    } & Partial<Identified>);

/** The known facts about a message that is not a finding to act on. They are enough for a record if there is an id. */
export interface Identified {
  readonly findingId: string;
  readonly createdAt: Date;
  readonly type?: string;
  readonly severity?: Severity;
  /** The object that is meant, even if the finding does not identify its bytes. */
  readonly object?: ObjectAddress;
}

/**
 * Reads the body of a message: EventBridge's envelope or a bare finding. The function never throws. It
 * returns only fields of the body that were checked and bounded. All members of a finding are optional in
 * Macie's model, and null means absent (aws-facts 1). A malformed member counts as absent too, unless absence
 * would permit something: see the region, the flags and the counts. `sentAt`, the time at which the message was sent,
 * replaces a missing date of the finding. It is the same on every delivery, so a redelivery finds the same
 * record. After a redrive it is a different time.
 */
export function parseFinding(body: string, sentAt: Date): Parsed {
  const json = jsonOf(body);
  if (json === undefined) return { kind: 'rejected', reason: 'not-json' };
  const envelope = envelopeSchema.safeParse(json).data;
  const detail = detailSchema.safeParse(envelope?.detail ?? json).data;
  if (detail === undefined || (detail.type === undefined && detail.resourcesAffected === undefined)) {
    return { kind: 'rejected', reason: 'not-a-finding' };
  }
  const severity = severityOf(detail.severity);
  const address = addressOf(detail, envelope?.region);
  const known = {
    ...identified(detail, envelope?.time, sentAt),
    ...(severity && { severity }),
    ...(address && { object: address }),
  };
  if (known.findingId === undefined) return { kind: 'rejected', reason: 'no-finding-id' };
  if (detail.sample === 'unreadable' || detail.archived === 'unreadable') {
    return { kind: 'rejected', reason: 'not-a-finding', ...known };
  }
  if (detail.sample === true) return { kind: 'ignored', reason: 'sample', ...known };
  if (detail.archived === true) return { kind: 'ignored', reason: 'archived', ...known };
  if (detail.category === 'POLICY' || detail.type?.startsWith('Policy:')) {
    return { kind: 'ignored', reason: 'policy-finding', ...known };
  }
  if (!detail.type?.startsWith('SensitiveData:')) {
    return { kind: 'rejected', reason: 'unsupported-type', ...known };
  }
  const object = address && flaggedObject(detail, address);
  if (object === undefined) return { kind: 'rejected', reason: 'no-identity', ...known };
  return {
    kind: 'finding',
    finding: {
      id: known.findingId,
      type: detail.type,
      ...(severity && { severity }),
      createdAt: known.createdAt,
      object,
      ...detectionsOf(detail),
      traits: traitsOf(detail),
    },
  };
}

/**
 * Reads the severity by its word in any case, or by its score if the word is not understood. If neither is
 * understood, the severity is unknown, and never the lowest.
 */
function severityOf(given: Detail['severity']): Severity | undefined {
  const word = given?.description?.trim().toLowerCase();
  return severities.find((name) => name.toLowerCase() === word) ?? severities[(given?.score ?? 0) - 1];
}

/** Ids and dates become parts of object keys, so only checked values count. */
function identified({ id, type, createdAt }: Detail, eventTime: string | undefined, sentAt: Date) {
  return {
    ...(id !== undefined && { findingId: id }),
    createdAt: parseTime(createdAt) ?? parseTime(eventTime) ?? sentAt,
    ...(type !== undefined && { type }),
  };
}

/**
 * Parses ISO 8601, also with a blank between date and time. A time without a zone is UTC, whatever the zone
 * of the host.
 */
function parseTime(text: string | undefined): Date | undefined {
  const parts =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?) ?(?:Z|([+-]\d{2}):?(\d{2}))?$/.exec(
      text ?? '',
    );
  if (parts === null) return undefined;
  const [, day, time, hours = '+00', minutes = '00'] = parts;
  const parsed = new Date(`${day}T${time}${hours}:${minutes}`);
  const year = parsed.getUTCFullYear();
  return year >= 2017 && year < 2200 ? parsed : undefined;
}

/** Returns the address of the object. Nothing is guessed. */
function addressOf(detail: Detail, publishedIn: string | undefined): ObjectAddress | undefined {
  const { s3Bucket, s3Object } = detail.resourcesAffected ?? {};
  const bucket = s3Bucket?.name;
  const key = s3Object?.key;
  if (detail.accountId === undefined || bucket === undefined || key === undefined) return undefined;
  if (!isBucketName(bucket) || !isObjectKey(key)) return undefined;
  const region = detail.region ?? publishedIn;
  return { accountId: detail.accountId, ...(region !== undefined && { region }), bucket, key };
}

/** Returns the object if the finding says which of its bytes are meant. */
function flaggedObject(detail: Detail, address: ObjectAddress): FlaggedObject | undefined {
  const { versionId: id, eTag: tag, etag, size, tags } = detail.resourcesAffected?.s3Object ?? {};
  const versionId = checkedVersionId(id);
  // S3 gives ETags in lower case, and they are compared as they are.
  const eTag = (checkedETag(tag) ?? checkedETag(etag))?.toLowerCase();
  if (versionId === undefined && eTag === undefined) return undefined;
  return {
    ...address,
    ...(versionId !== undefined && { versionId }),
    ...(eTag !== undefined && { eTag }),
    ...(size !== undefined && { sizeBytes: size }),
    ...(tags?.some((each) => each?.key === releaseMark) && { releaseMark: true }),
  };
}
