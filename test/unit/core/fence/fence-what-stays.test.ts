import { describe, expect, it } from 'vitest';
import { HandedBackError, RetryableError } from '../../../../src/core/errors.ts';
import { fenceAfterFailure, fenceWhatStays, tryFence } from '../../../../src/core/fence/fence-end.ts';
import { fenceTag } from '../../../../src/core/fences.ts';
import { type Outcome, readableAfter } from '../../../../src/core/outcome.ts';
import { everyOutcome } from '../../../support/every-outcome.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message } from '../../../support/findings.ts';

const object = flaggedObject();
const about = finding({ object });
const retained: Outcome = { name: 'retained', reason: 'locked' };
const at = expect.any(Date) as Date;
const failing = () => {
  throw new RetryableError('SlowDown', 'later');
};

function worldWithObject() {
  const world = createFakeWorld('never');
  world.source.upload(object, flaggedBytes);
  const units = { taken: 0 };
  const budget = {
    async take() {
      units.taken++;
      return { giveBack: () => void units.taken-- };
    },
  };
  const ports = { ...world.ports, budget };
  return {
    world,
    ports,
    units,
    isFenced: () => world.source.tagsOf(object).some(([name]) => name === fenceTag),
    fence: (outcome: Outcome, receiveCount = 1) =>
      fenceWhatStays({ outcome }, about, message({ receiveCount }), ports),
    afterFailure: (error: unknown, receiveCount: number, isLast = false) =>
      fenceAfterFailure(error, about, message({ receiveCount }), ports, isLast),
  };
}

/** `read`: nothing was written. `replace`: nobody knows what the tag hit. */
function failingWorld(call: 'read' | 'replace') {
  const made = worldWithObject();
  made.world.log.on({ at: `tags.${call}`, before: failing });
  return made;
}

describe('what stays', () => {
  it.each(everyOutcome)('is fenced if it stays and may be read: $name $reason', async (outcome) => {
    const { fence, isFenced, units } = worldWithObject();
    const stays = ['retained', 'refused', 'held'].includes(outcome.name) && readableAfter(outcome) !== 'no';
    const isElsewhere = 'reason' in outcome && outcome.reason === 'cross-region';

    await fence(outcome);

    expect(isFenced()).toBe(stays && !isElsewhere);
    expect(units.taken).toBe(stays && !isElsewhere ? 1 : 0);
  });

  it('is timed as a step of its own', async () => {
    const { fence, world } = worldWithObject();

    await fence(retained);

    expect(world.steps).toStrictEqual(['fence']);
  });

  it('costs no unit of the budget if it is gone by then', async () => {
    const { fence, units, world } = worldWithObject();
    world.source.erase(object);

    expect(await fence(retained)).toStrictEqual({ listed: [] });
    expect(units.taken).toBe(0);
  });

  it.each([1, 5])('comes again if its fence fails at receive %d, and costs no unit', async (receiveCount) => {
    const { fence, units, world } = failingWorld('read');

    await expect(fence(retained, receiveCount)).rejects.toThrow('later');
    expect(units.taken).toBe(0);
    expect(world.fences).toStrictEqual([]);
  });

  it.each([
    ['read', ['open']],
    ['replace', ['may be left', 'open']],
  ] as const)('counts as open from receive 6 on (a failing %s of tags)', async (call, told) => {
    const { fence, units, world } = failingWorld(call);

    expect(await fence(retained, 6)).toStrictEqual({
      fence: { fence: 'open', isNew: false, at, unfencedVersions: [] },
    });
    expect(units.taken).toBe(0);
    expect(world.fences).toStrictEqual(told);
  });

  it('is fenced without a unit where the caller has one', async () => {
    const { isFenced, ports, units } = worldWithObject();

    expect(await tryFence(about, message(), ports)).toMatchObject({ fence: { isNew: true } });
    expect(isFenced()).toBe(true);
    expect(units.taken).toBe(0);
  });
});

describe('an isolation that failed', () => {
  const fault = new RetryableError('SlowDown', 'later');

  it.each([
    [2, false, false],
    [3, false, true],
    [1, true, true],
  ])('at receive %d (the last: %s) has its object fenced: %s', async (receiveCount, isLast, is) => {
    const { afterFailure, isFenced } = worldWithObject();

    const fence = await afterFailure(fault, receiveCount, isLast);

    expect(fence?.fence).toBe(is ? 'tagged' : undefined);
    expect(isFenced()).toBe(is);
  });

  it('because it was handed back has not', async () => {
    const { afterFailure, world } = worldWithObject();

    expect(await afterFailure(new HandedBackError(), 4)).toBeUndefined();
    expect(await afterFailure(new HandedBackError(), 4, true)).toBeUndefined();
    expect(world.log.names).toStrictEqual([]);
  });

  it.each(['read', 'replace'] as const)(
    'says nothing of a fence that fails too (%s of tags), since both are tried again',
    async (call) => {
      const { afterFailure, units, world } = failingWorld(call);

      expect(await afterFailure(fault, 3)).toBeUndefined();
      expect(world.fences).toStrictEqual([]);
      expect(units.taken).toBe(0);
    },
  );

  it.each([
    ['read', []],
    ['replace', ['may be left']],
  ] as const)(
    'leaves an open fence at the last receive if that fails too (%s of tags)',
    async (call, told) => {
      const { afterFailure, world } = failingWorld(call);

      expect(await afterFailure(fault, 3, true)).toStrictEqual({ fence: 'open', at, unfencedVersions: [] });
      expect(world.fences).toStrictEqual(told);
    },
  );
});
