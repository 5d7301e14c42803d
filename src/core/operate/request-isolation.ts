import { RefusedError } from '../errors.ts';
import {
  isCopyUnder,
  isolationKeys,
  parseRecordKey,
  prefixesOfCopies,
  recordsBeginning,
  requestKey,
} from '../evidence/keys.ts';
import { formatRequest, type IsolationRequest, parseRequest, requestIdOf } from '../evidence/requests.ts';
import type { FlaggedObject, RequestedBy } from '../finding.ts';
import { checkedETag } from '../object-names.ts';
import type { RefusedReason } from '../outcome.ts';
import type { SourceBuckets, StoredObject } from '../source-buckets.ts';
import type { ControlObjects } from '../valve/control-objects.ts';
import { realVersionId } from '../version-id.ts';
import type { EvidenceReader } from './records/evidence-reader.ts';

export interface RequestPorts {
  readonly source: Pick<SourceBuckets, 'head' | 'listVersions'>;
  readonly requests: ControlObjects;
  readonly evidence: Pick<EvidenceReader, 'keys'>;
  /** Sends the ids of requests to the findings queue. Throws if one of them was not sent. */
  readonly send: (ids: readonly string[]) => Promise<void>;
  readonly isolationBucket: string;
}

export type Requested =
  | {
      readonly kind: 'requested';
      readonly request: IsolationRequest;
      /** An earlier command has put the request. */
      readonly isRepeated: boolean;
      /** The outcomes that are on record for the request. */
      readonly outcomes: readonly string[];
    }
  /** The object is not there, and the isolation bucket holds a copy of it. */
  | { readonly kind: 'isolated' }
  | { readonly kind: 'absent' }
  /** A delete marker hides the object, or is what the version id names. */
  | { readonly kind: 'marker' }
  /** Other bytes are there than the ones that were asked for. */
  | { readonly kind: 'changed' }
  /** The store names neither a version id nor an ETag by which the worker could know the bytes. */
  | { readonly kind: 'no-identity' }
  | { readonly kind: 'isolation-bucket' }
  | { readonly kind: 'unreadable'; readonly reason: RefusedReason };

/** The request that would be put. Nothing is written. */
export type Look =
  | Exclude<Requested, { kind: 'requested' }>
  | { readonly kind: 'there'; readonly object: FlaggedObject; readonly id: string };

/**
 * Requests the isolation of each object. An object without version id and ETag is the current object. First the request is put, then its id is sent. After a crash at any point the
 * same call goes on: it finds the requests that are there, and sends their ids again.
 */
export async function requestIsolations(
  wanted: readonly FlaggedObject[],
  word: RequestedBy,
  ports: RequestPorts,
): Promise<readonly Requested[]> {
  const requested = await Promise.all(wanted.map((each) => putRequest(each, word, ports)));
  const ids = requested.flatMap((each) => (each.kind === 'requested' ? [each.request.id] : []));
  if (ids.length > 0) await ports.send([...new Set(ids)]);
  return requested;
}

async function putRequest(wanted: FlaggedObject, word: RequestedBy, ports: RequestPorts): Promise<Requested> {
  const look = await lookAtObject(wanted, ports);
  if (look.kind !== 'there') return look;
  const { id, object } = look;
  const key = requestKey(id);
  const { at, found } = await ports.requests.read(key);
  if (found === undefined) {
    const request: IsolationRequest = { id, requestedAt: at, object, ...word };
    const { kind } = await ports.requests.write(key, formatRequest(request), undefined);
    if (kind === 'written') return { kind: 'requested', request, isRepeated: false, outcomes: [] };
  }
  const there = found ?? (await ports.requests.read(key)).found;
  const request = there && parseRequest(there.text, id);
  if (request === undefined) throw new Error(`${key} cannot be understood`);
  return { kind: 'requested', request, isRepeated: true, outcomes: await outcomesOf(request, ports) };
}

/** Looks whether exactly the wanted object is there, and what identifies it now. */
export async function lookAtObject(wanted: FlaggedObject, ports: RequestPorts): Promise<Look> {
  if (wanted.bucket === ports.isolationBucket) return { kind: 'isolation-bucket' };
  try {
    const stored = await ports.source.head(wanted, wanted.versionId);
    if (stored === undefined) return await whyAbsent(wanted, ports);
    // People may write the ETag in capitals. The request has it as the store gives it.
    if (wanted.eTag !== undefined && wanted.eTag.toLowerCase() !== stored.eTag.toLowerCase()) {
      return (await isIsolated(wanted, ports)) ? { kind: 'isolated' } : { kind: 'changed' };
    }
    const object = asStored(wanted, stored);
    if (object === undefined) return { kind: 'no-identity' };
    return { kind: 'there', object, id: requestIdOf(object, stored.lastModified) };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { kind: 'unreadable', reason: error.reason };
  }
}

/** The object as it is at this moment: a request names these bytes and no others. */
function asStored(
  { accountId, bucket, key, region }: FlaggedObject,
  stored: StoredObject,
): FlaggedObject | undefined {
  const versionId = realVersionId(stored.versionId);
  const eTag = checkedETag(stored.eTag);
  if (versionId === undefined && eTag === undefined) return undefined;
  return {
    accountId,
    ...(region !== undefined && { region }),
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(eTag !== undefined && { eTag }),
    sizeBytes: stored.sizeBytes,
  };
}

async function whyAbsent(wanted: FlaggedObject, ports: RequestPorts): Promise<Look> {
  if (await isIsolated(wanted, ports)) return { kind: 'isolated' };
  const { versionId } = wanted;
  const listed = await ports.source.listVersions(wanted).catch((error: unknown) => {
    // Whoever may not list versions is told the less, and nothing else.
    if (error instanceof RefusedError && error.reason === 'access-denied') return [];
    throw error;
  });
  const isMarker = listed.some(
    (each) => each.isMarker && (versionId === undefined ? each.isLatest : each.versionId === versionId),
  );
  return { kind: isMarker ? 'marker' : 'absent' };
}

/** Whether a copy of exactly these bytes, or, without version and ETag, any copy of this key is there. */
async function isIsolated(wanted: FlaggedObject, { evidence }: RequestPorts): Promise<boolean> {
  const isNamed = wanted.versionId !== undefined || wanted.eTag !== undefined;
  const beginnings = isNamed ? isolationKeys(wanted).slice(0, 1) : prefixesOfCopies(wanted);
  for (const beginning of beginnings) {
    for await (const key of evidence.keys(beginning)) {
      if (isNamed ? isolationKeys(wanted).includes(key) : isCopyUnder(beginning, key)) return true;
    }
  }
  return false;
}

async function outcomesOf(
  { id, requestedAt }: IsolationRequest,
  { evidence }: RequestPorts,
): Promise<readonly string[]> {
  const outcomes: string[] = [];
  const day = `dt=${requestedAt.toISOString().slice(0, 10)}`;
  for await (const key of evidence.keys(recordsBeginning(day, id))) {
    const outcome = parseRecordKey(key)?.outcome;
    if (outcome !== undefined) outcomes.push(outcome);
  }
  return outcomes;
}
