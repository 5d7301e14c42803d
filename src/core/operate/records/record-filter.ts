import { detectionParts, type StoredRecord } from '../../evidence/stored-record.ts';
import { matcherOf } from '../../policy/pattern.ts';
import { holdsWholeDay, type RecordName, type Span } from './record-names.ts';

/** Conditions on records. All must hold; of several values of one condition, one must hold. */
export interface RecordConditions extends Span {
  readonly outcome?: readonly string[];
  readonly account?: readonly string[];
  readonly severity?: readonly string[];
  readonly origin?: readonly string[];
  /** The result of the alert. */
  readonly alert?: readonly string[];
  /** Patterns as in policies, as are the following. */
  readonly bucket?: readonly string[];
  readonly key?: readonly string[];
  /** The name of a detection, of Macie or custom. */
  readonly identifier?: readonly string[];
  readonly rule?: readonly string[];
}

export interface RecordFilter {
  /** Decides by the name alone. `unknown`: the record must be read. */
  byName(name: RecordName): boolean | 'unknown';
  byContent(record: StoredRecord): boolean;
}

export function recordFilter(conditions: RecordConditions): RecordFilter {
  const { outcome } = conditions;
  const contents = contentConditions(conditions);
  return {
    byName(name) {
      if (outcome !== undefined && !outcome.includes(name.outcome)) return false;
      return contents.length === 0 && holdsWholeDay(conditions, name.day) ? true : 'unknown';
    },
    byContent: (record) => isWithin(conditions, record) && contents.every((holds) => holds(record)),
  };
}

type Holds = (record: StoredRecord) => boolean;

function contentConditions(conditions: RecordConditions): Holds[] {
  const found: Holds[] = [];
  for (const [condition, field] of exact) {
    const values = conditions[condition];
    if (values !== undefined) found.push((record) => values.includes(String(record[field])));
  }
  for (const [condition, field] of patterns) {
    const holds = anyOf(conditions[condition]);
    if (holds !== undefined) found.push((record) => record[field] !== null && holds(record[field]));
  }
  const identifier = anyOf(conditions.identifier);
  if (identifier !== undefined) {
    found.push(({ detections }) => detections.some((text) => identifier(detectionParts(text).name)));
  }
  return found;
}

const exact = [
  ['account', 'account_id'],
  ['severity', 'severity'],
  ['origin', 'origin'],
  ['alert', 'alert_result'],
] as const;

const patterns = [
  ['bucket', 'bucket'],
  ['key', 'key'],
  ['rule', 'policy_rule'],
] as const;

function anyOf(values: readonly string[] | undefined): ((text: string) => boolean) | undefined {
  if (values === undefined) return undefined;
  const matchers = values.map(matcherOf);
  return (text) => matchers.some((matches) => matches(text));
}

/** A record of a time that cannot be understood belongs to its day, of which some moment is in the span. */
function isWithin({ since, until }: Span, { finding_created_at: created }: StoredRecord): boolean {
  const at = Date.parse(created ?? '');
  if (Number.isNaN(at)) return true;
  return (since === undefined || at >= since.getTime()) && (until === undefined || at < until.getTime());
}
