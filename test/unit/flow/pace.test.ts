import { describe, expect, it } from 'vitest';
import { createPace } from '../../../src/flow/pace.ts';

const highest = 50;
const latencyMs = 30;
/** Of the SDK, for throttled calls. */
const retryBaseMs = 500;
const attempts = 5;

interface Store {
  /** Whether a call is refused now. */
  refuses(nowMs: number): boolean;
}

/** A token bucket with a quarter of a second's worth of burst. */
function allowing(callsPerSecond: () => number): Store {
  let tokens = 0;
  let filledAtMs = 0;
  return {
    refuses(nowMs) {
      const rate = callsPerSecond();
      tokens = Math.min(rate / 4, tokens + ((nowMs - filledAtMs) / 1000) * rate);
      filledAtMs = nowMs;
      if (tokens < 1) return true;
      tokens -= 1;
      return false;
    },
  };
}

function refusingAtRandom(share: number): Store {
  return { refuses: () => chance() < share };
}

let seed = 1;
/** A small generator of its own, so that every run is the same. */
function chance(): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
}

/** A worker that always has messages, on a clock of its own: as many call at the same time as the pace lets. */
function run(store: Store, isLimiting = () => true) {
  seed = 1;
  let nowMs = 0;
  const limits: number[] = [];
  const pace = createPace(highest, { isLimiting, onChange: () => undefined, now: () => nowMs });
  const calls: { atMs: number; tried: number }[] = [];
  let well = 0;
  let refused = 0;
  const start = (): void => {
    while (calls.length < pace.limit)
      calls.push({ atMs: nowMs + latencyMs * (0.9 + 0.2 * chance()), tried: 0 });
  };
  const answerNext = (): void => {
    const next = calls.reduce((one, other) => (other.atMs < one.atMs ? other : one));
    nowMs = next.atMs;
    const throttled = store.refuses(nowMs);
    pace.answered(throttled);
    if (throttled) refused += 1;
    else well += 1;
    next.tried += 1;
    if (throttled && next.tried < attempts) {
      next.atMs = nowMs + chance() * retryBaseMs * 2 ** (next.tried - 1) + latencyMs;
    } else {
      calls.splice(calls.indexOf(next), 1);
    }
    start();
    limits.push(pace.limit);
  };
  start();
  return {
    pace,
    /** What went on in so many seconds. */
    for(seconds: number) {
      const endMs = nowMs + seconds * 1000;
      [well, refused] = [0, 0];
      limits.length = 0;
      const isOver = () => nowMs >= endMs;
      while (!isOver()) answerNext();
      const limit = limits.reduce((sum, one) => sum + one, 0) / limits.length;
      return { wellPerSecond: well / seconds, throttledShare: refused / (well + refused), limit };
    },
  };
}

describe('the pace', () => {
  it('is as wide as it may be while nothing is throttled', () => {
    expect(run(refusingAtRandom(0)).for(60).limit).toBe(highest);
  });

  it.each([200, 400, 800, 1_500])('follows a store that allows %i calls a second', (rate) => {
    const worker = run(allowing(() => rate));
    worker.for(60);

    const { wellPerSecond, throttledShare } = worker.for(300);

    expect(wellPerSecond).toBeGreaterThan(0.9 * rate);
    expect(throttledShare).toBeLessThan(0.02);
  });

  it('is wide again a minute or two after the store allows more', () => {
    let rate = 200;
    const worker = run(allowing(() => rate));
    expect(worker.for(60).limit).toBeLessThan(20);
    rate = 1_000_000;
    worker.for(120);

    expect(worker.pace.limit).toBe(highest);
  });

  it.each([0.01, 0.05, 0.2])(
    'stays where a share of %f is refused at random, since less work refuses no less',
    (share) => {
      const worker = run(refusingAtRandom(share));
      worker.for(60);

      expect(worker.for(3_000).limit).toBeGreaterThan(0.9 * highest);
    },
    // An hour of calls takes seconds of CPU, and much longer on a machine that others use.
    120_000,
  );

  it('lets one message through even where every call is refused', () => {
    const worker = run(refusingAtRandom(1));

    expect(worker.for(600).limit).toBeGreaterThanOrEqual(1);
  });

  it('says when it changes', () => {
    const said: number[] = [];
    let nowMs = 0;
    const pace = createPace(10, {
      isLimiting: () => true,
      onChange: (limit) => said.push(limit),
      now: () => nowMs,
    });
    for (let call = 0; call < 200; call += 1) {
      nowMs += 20;
      pace.answered(call % 2 === 0);
    }

    expect(said[0]).toBe(5);
    expect(pace.limit).toBe(said.at(-1));
  });

  it('stays where fewer messages wait than may be in work, since then no limit shows what it is good for', () => {
    const worker = run(refusingAtRandom(0.1), () => false);

    expect(worker.for(600).limit).toBe(highest);
  });

  it('goes no wider than it was when S3 takes less and less during a trial', () => {
    let nowMs = 0;
    const pace = createPace(highest, { isLimiting: () => true, onChange: () => undefined, now: () => nowMs });
    const hear = (well: number, throttled: number): void => {
      for (let call = 1; call <= well + throttled; call += 1) {
        nowMs += 1_000 / (well + throttled);
        pace.answered(call > well);
      }
    };
    // Narrower once, and tried narrower still.
    for (let stretch = 0; stretch < 5; stretch += 1) hear(160, 40);
    hear(1, 199);

    expect(pace.limit).toBe(40);
  });

  it('gives up a trial when no more messages wait', () => {
    let isLimiting = true;
    const worker = run(refusingAtRandom(0.3), () => isLimiting);
    while (worker.pace.limit === highest) worker.for(0.1);
    isLimiting = false;
    worker.for(2);

    expect(worker.pace.limit).toBe(highest);
  });

  it('rises again from one message in work, although some calls are still refused at random', () => {
    let rate = 20;
    const [limited, troubled] = [allowing(() => rate), refusingAtRandom(0.1)];
    const worker = run({ refuses: (nowMs) => limited.refuses(nowMs) || troubled.refuses(nowMs) });
    worker.for(300);
    expect(worker.pace.limit).toBeLessThan(4);
    rate = 1_000_000;
    worker.for(600);

    expect(worker.for(60).limit).toBeGreaterThan(0.8 * highest);
  });
});
