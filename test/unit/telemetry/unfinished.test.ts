import { describe, expect, it } from 'vitest';
import { createUnfinished } from '../../../src/telemetry/unfinished.ts';
import { finding, message } from '../../support/findings.ts';

const createdAt = new Date('2026-11-20T20:00:00.000Z');
const created = createdAt.getTime() / 1000;

/** The clock stands so many seconds after the creation of the findings. */
function open(ageSeconds = 0) {
  let now = createdAt.getTime() + ageSeconds * 1000;
  const missed: string[] = [];
  const unfinished = createUnfinished(
    (severity) => void missed.push(severity),
    () => new Date(now),
  );
  return {
    ...unfinished,
    missed,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    begin(about = message(), severity: 'High' | 'Medium' = 'High') {
      unfinished.read(about, finding({ createdAt, severity }));
      unfinished.isolationBegins(about);
      return about;
    },
  };
}

describe('the oldest unfinished finding', () => {
  it('is the earliest of each severity, and absent where there is none', () => {
    const { begin, count, left, read } = open();
    const first = begin();
    read(message({ id: 'm2' }), finding({ createdAt: new Date(createdAt.getTime() - 60_000) }));
    read(message({ id: 'm3' }), finding({ createdAt, severity: 'Low' }));

    expect(Object.fromEntries(count().oldest)).toEqual({ High: created - 60, Low: created });
    left(message({ id: 'm2' }));
    expect(Object.fromEntries(count().oldest)).toEqual({ High: created, Low: created });
    left(first);
    left(message({ id: 'm3' }));
    expect(count().oldest.size).toBe(0);
  });

  it('counts while it is backed off, and is forgotten when its visibility ends', () => {
    const { begin, backedOff, count, pass } = open();
    backedOff(begin(), 40);

    pass(39);
    expect(count().oldest.get('High')).toBe(created);
    pass(1);
    expect(count().oldest.size).toBe(0);
  });

  it('leaves out backfills and replays', () => {
    const { begin, count } = open();
    begin(message({ origin: 'backfill' }));
    begin(message({ id: 'm2', origin: 'replay' }));

    expect(count().oldest.size).toBe(0);
  });

  it('tells how many came more than five times', () => {
    const { begin, count } = open();
    begin(message({ receiveCount: 5 }));
    begin(message({ id: 'm2', receiveCount: 6 }));

    expect(count().retried).toBe(1);
  });
});

describe('the miss of the objective', () => {
  it('counts once, when the finding turns five minutes old in the hands of a worker', () => {
    const { begin, count, left, missed, pass } = open();
    const about = begin();
    pass(299);
    count();
    expect(missed).toEqual([]);

    pass(1);
    count();
    count();
    left(about);

    expect(missed).toEqual(['High']);
  });

  it('counts where no scrape came between five minutes and the end', () => {
    const { begin, left, missed, pass } = open();
    const about = begin();
    pass(301);
    left(about);

    expect(missed).toEqual(['High']);
  });

  it('counts while it is backed off, and not after its visibility ended', () => {
    const { begin, backedOff, count, missed, pass } = open();
    backedOff(begin(), 310);
    backedOff(begin(message({ id: 'm2' }), 'Medium'), 290);
    pass(400);
    count();

    expect(missed).toEqual(['High']);
  });

  it('counts at the first receive where it is older by then, and at no later one', () => {
    const { begin, backedOff, missed, pass } = open(600);
    backedOff(begin(), 5);
    pass(5);
    begin(message({ receiveCount: 2 }));
    begin(message({ id: 'm2', receiveCount: 2 }));

    expect(missed).toEqual(['High']);
  });

  it('counts at the end of a later receive where it turned five minutes old between two receives', () => {
    const { begin, isolated, kept, left, missed, pass } = open(200);
    // The worker hands the messages back: it drains.
    for (const id of ['m1', 'm2', 'm3']) left(begin(message({ id })));
    pass(400);
    const [first, second, third] = ['m1', 'm2', 'm3'].map((id) => begin(message({ id, receiveCount: 2 })));
    expect(missed).toEqual([]);

    isolated(first ?? message(), 'High', 601);
    kept(second ?? message(), 'Medium');
    for (const about of [first, second, third]) left(about ?? message());

    expect(missed).toEqual(['High', 'Medium']);
  });

  it('does not count at the end what was removed in time, or what this worker has counted already', () => {
    const { backedOff, begin, count, isolated, kept, missed, pass } = open(200);
    const about = begin();
    backedOff(about, 150);
    pass(200);
    count();
    expect(missed).toEqual(['High']);

    const again = begin(message({ receiveCount: 2 }));
    isolated(again, 'High', 400);
    kept(again, 'High');
    isolated(begin(message({ id: 'm2', receiveCount: 2 })), 'High', 300);

    expect(missed).toEqual(['High']);
  });

  it('counts no end of a backfill', () => {
    const { isolated, kept, missed } = open(600);
    isolated(message({ origin: 'backfill' }), 'High', 600);
    kept(message({ id: 'm2', origin: 'replay' }), 'High');

    expect(missed).toEqual([]);
  });

  it('counts when it turns five minutes old at a later receive', () => {
    const { begin, left, missed, pass } = open(200);
    const about = begin(message({ receiveCount: 2 }));
    pass(100);
    left(about);

    expect(missed).toEqual(['High']);
  });

  it('does not count what is not to be isolated, a backfill or a replay', () => {
    const { begin, count, missed, pass, read } = open();
    read(message(), finding({ createdAt }));
    begin(message({ id: 'm2', origin: 'backfill' }));
    begin(message({ id: 'm3', origin: 'replay' }));
    pass(400);
    count();

    expect(missed).toEqual([]);
  });

  it('counts at the end where that is earlier, and once', () => {
    const { begin, kept, left, missed, pass } = open();
    const about = begin();
    kept(about, 'High');
    pass(400);
    left(about);
    const old = begin(message({ id: 'm2' }));
    kept(old, 'High');

    expect(missed).toEqual(['High', 'High']);
  });
});
