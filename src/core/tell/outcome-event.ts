import { jsonOf } from '../json.ts';
import { type Outcome, type Readable, readableAfter } from '../outcome.ts';
import { type OutcomeEvent, outcomeEventSchema } from '../outcome-event.ts';
import { outcomeOf } from './isolation-of-record.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the event about a record. An event is made from the JSON of the record alone, so that a later
 * delivery that finds the record sends the same event. Returns `undefined` if the JSON is no record.
 */
export function eventAbout(recordKey: string, json: string): OutcomeEvent | undefined {
  const record = jsonOf(json);
  if (typeof record !== 'object' || record === null) return undefined;
  return eventOf(recordKey, record as Fields);
}

/** A message without a finding id has no record. */
export function eventWithoutRecord(
  outcome: Outcome,
  about: { readonly messageId: string; readonly at: Date; readonly serviceVersion: string },
): OutcomeEvent | undefined {
  return eventOf(`messages/${about.messageId}`, {
    outcome: outcome.name,
    reason: 'reason' in outcome ? outcome.reason : null,
    recorded_at: about.at.toISOString(),
    service_version: about.serviceVersion,
  });
}

function eventOf(id: string, record: Fields): OutcomeEvent | undefined {
  const event = Object.fromEntries(
    Object.keys(outcomeEventSchema.shape).map((field) => [field, record[field] ?? absent[field] ?? null]),
  );
  return outcomeEventSchema.safeParse({
    ...event,
    version: '1',
    id,
    readable: readableBy(record),
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

/** What the alert says of the data too: a removal leaves replicas, and versions that nothing could compare. */
function readableBy(record: Fields): Readable {
  const outcome = outcomeOf(String(record['outcome']), String(record['reason']));
  const mayRemain = count(record['uncompared_versions']) > 0 || record['source_replication_status'] != null;
  if (outcome === undefined) return 'unknown';
  if (record['fence'] === 'fenced') return mayRemain ? 'unknown' : 'no';
  switch (outcome.name) {
    case 'isolated':
    case 'already_isolated':
      return mayRemain ? 'unknown' : readableAfter(outcome);
    case 'dry_run': {
      const expected = outcomeOf(String(record['expected_outcome']), String(record['expected_reason']));
      if (expected === undefined) return 'unknown';
      return expected.name === 'isolated' ? 'yes' : readableAfter(expected);
    }
    default:
      return readableAfter(outcome);
  }
}
