import { readStoredRecord } from '../evidence/stored-record.ts';
import { jsonOf } from '../json.ts';
import { type Outcome, type Readable, readableAfter } from '../outcome.ts';
import { type OutcomeEvent, outcomeEventSchema } from '../outcome-event.ts';
import { readable as readableBy } from './alert-input.ts';
import { isolationOfRecord, outcomeOf } from './isolation-of-record.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the event about a record. An event is made from the JSON of the record alone, so that a later
 * delivery that finds the record sends the same event. Returns `undefined` if the JSON is no record.
 */
export function eventAbout(recordKey: string, json: string): OutcomeEvent | undefined {
  const record = jsonOf(json);
  if (typeof record !== 'object' || record === null) return undefined;
  return eventOf(recordKey, record as Fields, readableByRecord(json));
}

/** A message without a finding id has no record. */
export function eventWithoutRecord(
  outcome: Outcome,
  about: { readonly messageId: string; readonly at: Date; readonly serviceVersion: string },
): OutcomeEvent | undefined {
  const record = {
    outcome: outcome.name,
    reason: 'reason' in outcome ? outcome.reason : null,
    recorded_at: about.at.toISOString(),
    service_version: about.serviceVersion,
  };
  return eventOf(`messages/${about.messageId}`, record, readableAfter(outcome));
}

function eventOf(id: string, record: Fields, readable: Readable): OutcomeEvent | undefined {
  const event = Object.fromEntries(
    Object.keys(outcomeEventSchema.shape).map((field) => [field, record[field] ?? absent[field] ?? null]),
  );
  return outcomeEventSchema.safeParse({
    ...event,
    version: '1',
    id,
    readable,
    removed_versions: count(record['removed_versions']),
    remaining_versions: count(record['remaining_versions']),
    uncompared_versions: count(record['uncompared_versions']),
  }).data;
}

/** Columns that a record of an earlier version lacks. */
const absent: Fields = { detections: [], detections_omitted: 0, origin: 'eventbridge' };

/** A key may have more versions than an event has room for. The record lists them. */
function count(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

/** Says of the data what the alert says of it. */
function readableByRecord(json: string): Readable {
  const record = readStoredRecord(json);
  const outcome = record && outcomeOf(record.outcome, record.reason);
  return outcome ? readableBy({ outcome, isolation: isolationOfRecord(record, outcome) }) : 'unknown';
}
