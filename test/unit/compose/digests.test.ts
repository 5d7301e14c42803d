import { afterEach, describe, expect, it, vi } from 'vitest';
import { composeDigests } from '../../../src/compose/digests.ts';
import type { Config } from '../../../src/config/config.ts';
import type { Alert } from '../../../src/core/alert.ts';
import type { DigestEntry } from '../../../src/core/alert-topic.ts';
import type { FoldedOutcome } from '../../../src/core/outcome.ts';
import type { Events } from '../../../src/telemetry/events.ts';
import { finding } from '../../support/findings.ts';

const isolated: FoldedOutcome = { name: 'isolated' };
const held: FoldedOutcome = { name: 'held', reason: 'rule-limit' };
const entry = (messageId: string, outcome: FoldedOutcome): DigestEntry => ({
  outcome,
  finding: finding(),
  messageId,
  rule: 'high-severity',
});

/** Digests of a worker that sends one alert at once. They go when the test says so. */
function arrange(publish: () => Promise<void> = async () => undefined) {
  const sent: Alert[] = [];
  const config = {
    alertTopicArn: 'arn:aws:sns:us-east-1:111122223333:alerts',
    alertsPerMinute: 1,
    isolationBucket: 'isolation',
  } as Config;
  const alerts = {
    async publish(alert: Alert) {
      await publish();
      sent.push(alert);
      return 'sent' as const;
    },
  };
  const results: unknown[] = [];
  const events = {
    alertDone: () => undefined,
    digestSent: (findings: number) => void results.push(findings),
    digestGivenUp: (ids: readonly string[]) => void results.push(ids),
  } as unknown as Events;
  return { results, sent, digests: composeDigests(config, { alerts, events }, {}) };
}
afterEach(() => {
  vi.useRealTimers();
});
const subjects = (sent: readonly Alert[]) => sent.map(({ subject }) => subject);

describe('the digests of a worker', () => {
  it('count a held finding once, however often its message comes', async () => {
    const { digests, sent } = arrange();
    expect(digests.fold(entry('first', held))).toBeUndefined();
    for (let delivery = 1; delivery <= 4; delivery++) {
      expect(digests.fold(entry('second', held))).toBe('noted');
    }

    await digests.hurry();

    expect(subjects(sent)).toEqual(['[macie-isolator] 1 finding summed up: 1 held by a limit']);
  });

  it.each([isolated, held])(
    'do not sum up what was told at once, when its message comes again: $name',
    async (outcome) => {
      const { digests, sent } = arrange();
      expect(digests.fold(entry('first', outcome))).toBeUndefined();
      const second = digests.fold(entry('second', outcome));

      expect(digests.fold(entry('first', outcome))).toBeUndefined();
      await digests.hurry();
      await second;

      expect(subjects(sent)).toEqual([expect.stringContaining('1 finding summed up')]);
    },
  );

  it('count a finding once that comes again before or after its digest', async () => {
    const { digests, sent } = arrange();
    void digests.fold(entry('first', isolated));
    const folded = digests.fold(entry('second', isolated));
    const before = digests.fold(entry('second', isolated));
    await digests.hurry();
    await Promise.all([folded, before]);

    await digests.fold(entry('second', isolated));

    expect(subjects(sent)).toEqual(['[macie-isolator] 1 finding summed up: 1 isolated']);
  });

  it('tell a finding anew whose digest was not accepted', async () => {
    let isAway = true;
    const { digests, sent } = arrange(async () => {
      if (isAway) throw new Error('SNS is away');
    });
    void digests.fold(entry('first', isolated));
    const folded = digests.fold(entry('second', isolated));
    await Promise.all([digests.hurry(), expect(folded).rejects.toThrow('SNS is away')]);

    isAway = false;
    await digests.fold(entry('second', isolated));

    expect(subjects(sent)).toEqual(['[macie-isolator] 1 finding summed up: 1 isolated']);
  });

  it('report what they sum up once they are sent', async () => {
    const { digests, results } = arrange();
    for (const id of ['first', 'second', 'third']) void digests.fold(entry(id, held));
    await digests.hurry();

    expect(results).toEqual([2]);
  });

  it('name each held finding of a digest that is given up', async () => {
    const { digests, results } = arrange(async () => {
      throw new Error('SNS is away');
    });
    for (const id of ['first', 'second', 'third']) void digests.fold(entry(id, held));
    await digests.hurry();

    expect(results).toEqual([[finding().id, finding().id]]);
  });

  it('end at a stop also where a digest waits for its next try', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { digests, results } = arrange(async () => {
      throw new Error('SNS is away');
    });
    for (const id of ['first', 'second']) void digests.fold(entry(id, held));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(results).toEqual([]);

    await digests.hurry();

    expect(results).toEqual([[finding().id]]);
  });

  it('tell another outcome of the same message', async () => {
    const { digests, sent } = arrange();
    void digests.fold(entry('first', isolated));
    void digests.fold(entry('second', held));
    const other = digests.fold(entry('first', { name: 'changed' }));
    await digests.hurry();
    await other;
    expect(subjects(sent)).toEqual(['[macie-isolator] 1 finding summed up: 1 changed']);
  });
});
