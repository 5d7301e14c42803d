import type { FlaggedObject } from '../../core/finding.ts';
import type { Look, Requested } from '../../core/operate/request-isolation.ts';
import type { Column } from '../frame/output.ts';

/** The result of a request for one object. */
export interface IsolateRow {
  readonly object: FlaggedObject;
  readonly id?: string;
  readonly result: string;
  readonly isDone: boolean;
  /** Outcomes that are on record for the same request. */
  readonly outcomes?: readonly string[];
}

export function rowOf(wanted: FlaggedObject, answer: Requested | Look): IsolateRow {
  const ended = (result: string, isDone = false): IsolateRow => ({ object: wanted, result, isDone });
  switch (answer.kind) {
    case 'there':
      return { object: answer.object, id: answer.id, result: 'would be requested', isDone: true };
    case 'requested': {
      const { id, object, requestedAt, who } = answer.request;
      const result = answer.isRepeated
        ? `sent again, requested ${requestedAt.toISOString()} by ${who}`
        : 'requested';
      return { object, id, result, isDone: true, outcomes: answer.outcomes };
    }
    case 'isolated':
      return ended('isolated before', true);
    case 'absent':
      return ended('no such object');
    case 'marker':
      return ended('a delete marker, no object');
    case 'changed':
      return ended('another object lies there');
    case 'no-identity':
      return ended('neither version id nor ETag');
    case 'isolation-bucket':
      return ended('lies in the isolation bucket');
    case 'unreadable':
      return ended(`cannot be read: ${answer.reason}`);
  }
}

export const columns: readonly Column<IsolateRow>[] = [
  { name: 'request_id', title: 'REQUEST', value: ({ id }) => id ?? null },
  { name: 'result', title: 'RESULT', value: ({ result }) => result },
  { name: 'account_id', title: 'ACCOUNT', value: ({ object }) => object.accountId, isDetail: true },
  { name: 'bucket', title: 'BUCKET', value: ({ object }) => object.bucket },
  { name: 'key', title: 'KEY', value: ({ object }) => object.key },
  { name: 'version_id', title: 'VERSION', value: ({ object }) => object.versionId ?? null, isDetail: true },
  { name: 'etag', title: 'ETAG', value: ({ object }) => object.eTag ?? null, isDetail: true },
  { name: 'size_bytes', title: 'BYTES', value: ({ object }) => object.sizeBytes ?? null },
  { name: 'outcomes', title: 'ENDED', value: ({ outcomes }) => outcomes?.join(',') || null },
];
