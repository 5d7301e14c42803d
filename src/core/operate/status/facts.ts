import { countAt } from '../../valve/budget.ts';
import { isPaused, isSpent, stateText } from '../valve-state.ts';
import type { Asked, StatusSources } from './sources.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

export type FactName =
  | 'service'
  | 'readable'
  | 'parked'
  | 'not-told'
  | 'oldest-unfinished'
  | 'waiting'
  | 'queue-age'
  | 'budget-left'
  | 'workers'
  | 'isolated-today';

/** One line of the status. */
export interface Fact {
  readonly name: FactName;
  readonly state: 'wrong' | 'unknown' | 'fine';
  /** A count, seconds or a word; null if unknown. */
  readonly value: number | string | null;
  readonly text: string;
  /** The source was named and did not answer: that is a finding of a check by itself. */
  readonly isSilent?: true;
}

/** The limits beyond which a fact is wrong. */
export interface Thresholds {
  readonly maxAgeMs: number;
  readonly maxParked: number;
}

/** Every fact, the worst first; among equals in the order of their weight. */
export function factsOf(sources: StatusSources, limits: Thresholds, now: Date): readonly Fact[] {
  const facts = [
    service(sources),
    readable(sources),
    parked(sources, limits),
    notTold(sources),
    oldestUnfinished(sources, limits, now),
    waiting(sources),
    queueAge(),
    budgetLeft(sources, now),
    workers(sources),
    isolatedToday(sources),
  ];
  const weight = { wrong: 0, unknown: 1, fine: 2 };
  return facts.toSorted((one, other) => weight[one.state] - weight[other.state]);
}

function unknown(name: FactName, asked: { readonly unknown: string; readonly isNotNamed?: true }): Fact {
  const silent = asked.isNotNamed ? {} : ({ isSilent: true } as const);
  return { name, state: 'unknown', value: null, text: asked.unknown, ...silent };
}

function service({ valve, workers: asked }: StatusSources): Fact {
  const halted = 'value' in asked && asked.value.some((one) => 'value' in one && one.value.isHalted === true);
  if (halted) {
    return {
      name: 'service',
      state: 'wrong',
      value: 'halted',
      text: 'Halted: isolation bucket, its key, the worker’s role or Macie refuses. The worker’s log says what.',
    };
  }
  if ('unknown' in valve) return unknown('service', valve);
  const text = stateText(valve.value);
  if (!isPaused(valve.value)) return { name: 'service', state: 'fine', value: 'running', text };
  return { name: 'service', state: 'wrong', value: isSpent(valve.value) ? 'budget-spent' : 'paused', text };
}

function readable({ records }: StatusSources): Fact {
  if ('unknown' in records) return unknown('readable', records);
  const { missed, since } = records.value;
  const value = Object.values(missed).reduce((sum, count) => sum + count, 0);
  const names = Object.keys(missed);
  const counts = Object.entries(missed).map(([name, count]) => `${count} ${name}`);
  return {
    name: 'readable',
    state: value > 0 ? 'wrong' : 'fine',
    value,
    text:
      value === 0
        ? `No finding since ${since} ended as ${names.slice(0, -1).join(', ')} or ${names.at(-1)}.`
        : `Findings since ${since} whose data can or may still be read: ${counts.join(', ')}.`,
  };
}

function parked({ parked: asked }: StatusSources, { maxParked }: Thresholds): Fact {
  if ('unknown' in asked) return unknown('parked', asked);
  const { value } = asked;
  const text = value === 0 ? 'Nothing is parked.' : 'Messages wait in the dead-letter queue for a person.';
  return { name: 'parked', state: value > maxParked ? 'wrong' : 'fine', value, text };
}

function notTold({ workers: asked }: StatusSources): Fact {
  const failed = numbersOf(asked, ({ alertsFailed }) => alertsFailed);
  if ('unknown' in failed) {
    return unknown('not-told', {
      ...failed,
      unknown: `${failed.unknown} \`list --alert failed\` reads records.`,
    });
  }
  const value = failed.value.reduce((sum, one) => sum + one, 0);
  const text = 'Alerts that were given up since the workers started.';
  return { name: 'not-told', state: value > 0 ? 'wrong' : 'fine', value, text };
}

function oldestUnfinished({ workers: asked }: StatusSources, { maxAgeMs }: Thresholds, now: Date): Fact {
  const name = 'oldest-unfinished';
  const known = numbersOf(asked, (one) => one.oldestUnfinished ?? 'none');
  if ('unknown' in known) return unknown(name, known);
  const times = known.value.flatMap((one) => (one === 'none' ? [] : one.getTime()));
  if (times.length === 0)
    return { name, state: 'fine', value: 0, text: 'The workers have no finding in work.' };
  const ageMs = Math.max(0, now.getTime() - Math.min(...times));
  return {
    name,
    state: ageMs > maxAgeMs ? 'wrong' : 'fine',
    value: Math.round(ageMs / 1_000),
    text: `Seconds since Macie created the oldest finding that is in work or backs off: ${new Date(Math.min(...times)).toISOString()}.`,
  };
}

function waiting({ queue }: StatusSources): Fact {
  if ('unknown' in queue) return unknown('waiting', queue);
  const { delayed, in_flight, visible } = queue.value;
  const text = `Messages of the findings queue: ${visible} visible, ${in_flight} in work or backing off, ${delayed} delayed.`;
  return { name: 'waiting', state: 'fine', value: visible + in_flight + delayed, text };
}

/** SQS itself does not tell the age of the oldest message. */
function queueAge(): Fact {
  return unknown('queue-age', {
    unknown: 'Only CloudWatch knows it: ApproximateAgeOfOldestMessage of the findings queue.',
    isNotNamed: true,
  });
}

function budgetLeft({ valve }: StatusSources, now: Date): Fact {
  if ('unknown' in valve) return unknown('budget-left', valve);
  const { budget, count, pause } = valve.value;
  const name = 'budget-left';
  const perHour = pause?.budget ?? budget;
  if (perHour === undefined) {
    return unknown(name, {
      unknown: 'No worker has counted yet, and no operator has set a budget.',
      isNotNamed: true,
    });
  }
  const current = countAt(now, { perHour, ...(count && { last: count }), ...(pause && { pause }) });
  const value = current.spentSince === undefined ? Math.max(0, current.budget - current.leased) : 0;
  const text = `Isolations left of the ${current.budget} of this hour; workers hold some of the others.`;
  return { name, state: value === 0 ? 'wrong' : 'fine', value, text };
}

function workers({ workers: asked }: StatusSources): Fact {
  if ('unknown' in asked) return unknown('workers', asked);
  const answered = asked.value.flatMap((one) => ('value' in one ? [one.value] : []));
  const versions = [...new Set(answered.flatMap(({ version }) => version ?? []))];
  const silent = asked.value.flatMap((one) => ('unknown' in one ? [one.unknown] : []));
  const of = `${answered.length} of ${asked.value.length} answer`;
  return {
    name: 'workers',
    state: silent.length > 0 ? 'wrong' : 'fine',
    value: answered.length,
    text: [`${of}${versions.length > 0 ? `, version ${versions.join(' and ')}` : ''}.`, ...silent].join(' '),
  };
}

function isolatedToday({ records }: StatusSources): Fact {
  if ('unknown' in records) return unknown('isolated-today', records);
  const text = 'Findings of today (UTC) whose objects were isolated.';
  return { name: 'isolated-today', state: 'fine', value: records.value.isolatedToday, text };
}

/** A number is known only if every worker that was named says it. */
function numbersOf<Value>(
  asked: StatusSources['workers'],
  pick: (numbers: WorkerNumbers) => Value | undefined,
): Asked<readonly Value[]> {
  if ('unknown' in asked) return asked;
  const values: Value[] = [];
  for (const one of asked.value) {
    const value = 'value' in one ? pick(one.value) : undefined;
    if (value === undefined) return { unknown: 'Not every worker said it.' };
    values.push(value);
  }
  return { value: values };
}
