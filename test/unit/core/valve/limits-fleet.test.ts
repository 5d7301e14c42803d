import { expect, test } from 'vitest';
import type { Limit } from '../../../../src/core/isolation-budget.ts';
import { type LimitCount, parseLimitCount } from '../../../../src/core/valve/limit.ts';
import { createLimits, type Limits } from '../../../../src/core/valve/limits.ts';
import { createSharedClock } from '../../../../src/core/valve/shared-clock.ts';
import { createUnsteadyStore } from './unsteady-store.ts';

const findings = 5_000;
const rules: readonly Limit[] = [
  { of: 'rule', name: 'passports', perHour: 150 },
  { of: 'rule', name: 'names', perHour: 1_000 },
];
const bucket: Limit = { of: 'bucket', name: 'lake-raw', perHour: 900 };

/** Ten workers with 5,000 findings, each under the limit of a rule and of its bucket. A person sends what is held again. */
async function runFleet(seed: number) {
  const { objects, passes, random, remote, ticks } = createUnsteadyStore(
    seed,
    new Date('2026-11-27T22:30:00Z'),
  );
  const waiting = Array.from({ length: findings }, (_, finding) => finding);
  const held: number[] = [];
  const isolated: number[] = [];
  /** By the key of a limit's object of an hour: the units that were used. */
  const used = new Map<string, number>();
  let sentAgain = 0;
  const start = (): Limits => {
    // Off by up to a month, and as fast as S3's.
    const skewMs = (random() - 0.5) * 5e9;
    const clock = createSharedClock(() => objects.at.getTime() + skewMs);
    clock.heard(objects.at);
    return createLimits({ objects: remote, clock, stepAside: ticks });
  };
  /** Takes a unit of each limit, or none, as an isolation does. */
  const takeAll = async (limits: Limits, under: readonly Limit[]) => {
    const units: { giveBack(): void }[] = [];
    for (const limit of under) {
      const unit = await limits.take(limit).catch(() => 'failed' as const);
      if (unit !== undefined && unit !== 'failed') {
        units.push(unit);
        continue;
      }
      for (const taken of units) taken.giveBack();
      return unit ?? 'held';
    }
    return units;
  };
  const worker = async (): Promise<void> => {
    let limits = start();
    while (isolated.length < findings) {
      await ticks();
      const finding = waiting.shift();
      if (finding === undefined) {
        passes(2_000);
        continue;
      }
      const rule = rules[finding % rules.length] as Limit;
      const taken = await takeAll(limits, [rule, bucket]);
      const dies = random() < 0.002;
      if (taken === 'held') held.push(finding);
      else if (taken === 'failed' || dies) waiting.push(finding);
      else if (random() < 0.02) {
        for (const unit of taken) unit.giveBack();
        waiting.push(finding);
      } else {
        isolated.push(finding);
        for (const { name } of [rule, bucket]) used.set(name, (used.get(name) ?? 0) + 1);
      }
      if (dies) limits = start();
    }
    await limits.drain();
  };
  const operator = async (): Promise<void> => {
    while (isolated.length < findings) {
      for (let i = 0; i < 50; i++) await ticks();
      passes(120_000);
      if (held.length === 0) continue;
      sentAgain++;
      waiting.push(...held.splice(0));
    }
  };
  await Promise.all([...Array.from({ length: 10 }, worker), operator()]);
  return { isolated, objects, sentAgain, used };
}

test.each([1, 4_711])(
  'ten workers with 5,000 findings exceed no limit in any hour, and all that was held is isolated in the end: seed %i',
  async (seed) => {
    const { isolated, objects, sentAgain, used } = await runFleet(seed);

    expect(new Set(isolated).size).toBe(findings);
    expect(isolated).toHaveLength(findings);
    const leased = new Map<string, LimitCount>();
    for (const { key, text } of objects.writes) {
      const count = parseLimitCount(text);
      if (count === undefined) throw new Error(`${key} is damaged`);
      expect(count.leased).toBeLessThanOrEqual(count.perHour);
      const before = leased.get(key)?.leased ?? 0;
      leased.set(key, { ...count, leased: Math.max(before, count.leased) });
    }
    for (const [name, units] of used) {
      const hours = [...leased.values()].filter((count) => count.name === name);
      expect(units).toBeLessThanOrEqual(hours.reduce((sum, count) => sum + count.leased, 0));
      expect(hours.length).toBeGreaterThan(3);
    }
    expect(sentAgain).toBeGreaterThan(5);
  },
);
