import { expect, test } from 'vitest';
import { budgetKey } from '../../../../src/core/evidence/keys.ts';
import { pauseService, resumeService } from '../../../../src/core/operate/pause-service.ts';
import { parseBudget } from '../../../../src/core/valve/budget.ts';
import { createSharedClock } from '../../../../src/core/valve/shared-clock.ts';
import { createValve, type Valve } from '../../../../src/core/valve/valve.ts';
import { createUnsteadyStore } from './unsteady-store.ts';

const perHour = 400;
const word = { by: 'Ada', reason: 'looked through' };

/** Ten workers isolate 5,000 findings, die, lose answers, have clocks of their own, and are paused by a person. */
async function runFleet(seed: number) {
  const { objects, passes, random, remote, ticks } = createUnsteadyStore(
    seed,
    new Date('2026-11-27T22:30:00Z'),
  );
  const waiting = Array.from({ length: 5_000 }, (_, finding) => finding);
  const isolated: number[] = [];
  let resumptions = 0;
  const start = (): Valve => {
    // Off by up to a month, and as fast as S3's.
    const skewMs = (random() - 0.5) * 5e9;
    return createValve({
      objects: remote,
      perHour,
      alertSpent: async () => undefined,
      clock: createSharedClock(() => objects.at.getTime() + skewMs),
      stepAside: ticks,
    });
  };
  const worker = async (): Promise<void> => {
    let valve = start();
    while (isolated.length < 5_000) {
      await ticks();
      const finding = waiting.shift();
      if (finding === undefined || valve.closed !== undefined || random() < 0.05) {
        if (finding !== undefined) waiting.push(finding);
        passes(2_000);
        await valve.refresh().catch(() => undefined);
        continue;
      }
      const unit = await valve.take().catch(() => undefined);
      const dies = random() < 0.002;
      if (unit === undefined || dies) waiting.push(finding);
      else if (random() < 0.02) {
        unit.giveBack();
        waiting.push(finding);
      } else isolated.push(finding);
      if (dies) valve = start();
    }
    await valve.drain().catch(() => undefined);
  };
  const operator = async (): Promise<void> => {
    const eyes = start();
    while (isolated.length < 5_000) {
      for (let i = 0; i < 200; i++) await ticks();
      if (random() < 0.02)
        await pauseService(remote, word, random() < 0.5 ? 60_000 : undefined).catch(() => undefined);
      await eyes.refresh().catch(() => undefined);
      if (eyes.closed === undefined || random() < 0.5) continue;
      await resumeService(remote, word).catch(() => undefined);
      resumptions++;
    }
  };
  await Promise.all([...Array.from({ length: 10 }, worker), operator()]);
  return { isolated, objects, resumptions };
}

test.each([1, 7, 4_711])(
  'ten workers with 5,000 findings isolate each of them once and never more than was leased: seed %i',
  async (seed) => {
    const { isolated, objects, resumptions } = await runFleet(seed);

    expect(new Set(isolated).size).toBe(5_000);
    expect(isolated).toHaveLength(5_000);
    const leasedOf = new Map<string, number>();
    for (const { key, text } of objects.writes) {
      const count = key === budgetKey ? parseBudget(text) : undefined;
      if (count === undefined) continue;
      expect(count.leased).toBeLessThanOrEqual(count.budget);
      const name = `${count.hour} ${count.countFrom.toISOString()}`;
      leasedOf.set(name, Math.max(leasedOf.get(name) ?? 0, count.leased));
    }
    const leased = [...leasedOf.values()].reduce((sum, count) => sum + count, 0);
    expect(isolated.length).toBeLessThanOrEqual(leased);
    expect(resumptions).toBeGreaterThan(5);
  },
);
