import { countAt } from '../../valve/budget.ts';
import { isCountOver, isPaused, isSpent, stateText } from '../valve-state.ts';
import { type Fact, type Thresholds, unknown } from './fact.ts';
import type { StatusSources } from './sources.ts';
import { isHalted, notTold, oldestUnfinished, workers } from './worker-facts.ts';

/** Every fact, the worst first; among equals in the order of their weight. */
export function factsOf(sources: StatusSources, limits: Thresholds, now: Date): readonly Fact[] {
  const facts = [
    service(sources),
    readable(sources),
    parked(sources, limits),
    notTold(sources),
    oldestUnfinished(sources, limits, now),
    waiting(sources),
    queueAge(sources, limits),
    budgetLeft(sources, now),
    workers(sources),
    isolatedToday(sources),
  ];
  const weight = { wrong: 0, unknown: 1, fine: 2 };
  return facts.toSorted((one, other) => weight[one.state] - weight[other.state]);
}

function service(sources: StatusSources): Fact {
  const { valve } = sources;
  if (isHalted(sources)) {
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
        : `Findings since ${since} that were not isolated: ${counts.join(', ')}. Where no fence contains it, their data can or may still be read.`,
  };
}

function parked({ parked: asked }: StatusSources, { maxParked }: Thresholds): Fact {
  if ('unknown' in asked) return unknown('parked', asked);
  const { findings, rules } = asked.value;
  const value = findings + rules;
  const text = value === 0 ? 'Nothing is parked.' : parkedText(findings, rules);
  return { name: 'parked', state: value > maxParked ? 'wrong' : 'fine', value, text };
}

function parkedText(findings: number, rules: number): string {
  if (rules === 0) return 'Messages wait in the dead-letter queue for a person.';
  return `Messages wait in the dead-letter queues for a person: ${findings} parked by workers, ${rules} that EventBridge could not deliver.`;
}

function waiting({ queue }: StatusSources): Fact {
  if ('unknown' in queue) return unknown('waiting', queue);
  const { delayed, in_flight, visible } = queue.value;
  const text = `Messages of the findings queue: ${visible} visible, ${in_flight} in work or backing off, ${delayed} delayed.`;
  return { name: 'waiting', state: 'fine', value: visible + in_flight + delayed, text };
}

/** SQS itself does not tell the age of the oldest message. */
function queueAge({ counted }: StatusSources, { maxAgeMs }: Thresholds): Fact {
  const name = 'queue-age';
  if ('unknown' in counted) {
    const text = 'Only CloudWatch knows it, which --stack NAME asks.';
    return unknown(name, counted.isNotNamed ? { unknown: text, isNotNamed: true } : counted);
  }
  const { queueAgeSeconds: value } = counted.value;
  if (value === undefined) {
    const text = 'CloudWatch has no value of the last minutes, as of a queue that nobody used for hours.';
    return unknown(name, { unknown: text, isNotNamed: true });
  }
  const text = 'Seconds since the oldest message of the findings queue came, by CloudWatch.';
  return { name, state: value * 1_000 > maxAgeMs ? 'wrong' : 'fine', value, text };
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
  // The last count may have the budget of an earlier resumption. The settings of the workers are not known here.
  if (pause?.budget === undefined && isCountOver(valve.value)) {
    return unknown(name, {
      unknown: 'No worker has counted since a person resumed, and the resumption set no budget.',
      isNotNamed: true,
    });
  }
  const current = countAt(now, { perHour, ...(count && { last: count }), ...(pause && { pause }) });
  const value = current.spentSince === undefined ? Math.max(0, current.budget - current.leased) : 0;
  const text = `Isolations left of the ${current.budget} of this hour; workers hold some of the others.`;
  return { name, state: value === 0 ? 'wrong' : 'fine', value, text };
}

function isolatedToday({ records }: StatusSources): Fact {
  if ('unknown' in records) return unknown('isolated-today', records);
  const text = 'Findings of today (UTC) whose objects were isolated.';
  return { name: 'isolated-today', state: 'fine', value: records.value.isolatedToday, text };
}
