import { describe, expect, it } from 'vitest';
import { IsolationFaultError, RetryableError } from '../../../src/core/errors.ts';
import { type HandleSettings, handleFinding } from '../../../src/core/handle-finding.ts';
import type { Limit } from '../../../src/core/isolation-budget.ts';
import type { Message } from '../../../src/core/message.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { flaggedBytes, flaggedObject, message } from '../../support/findings.ts';
import { body } from '../../support/handling.ts';

const object = flaggedObject();
const limited: Partial<HandleSettings> = {
  decide: () => ({ action: 'isolate', rule: 'few', limitPerHour: 5 }),
  bucketLimitPerHour: 7,
};

/** A world with the object, and with limits that have this many units each. */
function worldWith(units: number, versioning: 'enabled' | 'never' = 'never') {
  const world = createFakeWorld(versioning);
  world.source.upload(object, flaggedBytes);
  const asked: Limit[] = [];
  const left = { rule: units, bucket: units };
  const limits = {
    async take(limit: Limit) {
      asked.push(limit);
      if (left[limit.of] === 0) return undefined;
      left[limit.of]--;
      return { giveBack: () => void left[limit.of]++ };
    },
  };
  const ports = { ...world.ports, limits };
  const handle = (about: Partial<Message> = {}, settings = limited) =>
    handleFinding(message(about), ports, handleSettings(settings));
  return { world, asked, left, handle };
}
const later = () => {
  throw new RetryableError('SlowDown', 'later');
};
const calls = ({ log }: FakeWorld) => log.names;

describe('a finding above a limit', () => {
  it('ends as held: nothing is done to its object, people are told, and the message is deleted', async () => {
    const { handle, world } = worldWith(0);

    expect(await handle()).toMatchObject({
      outcome: { name: 'held', reason: 'rule-limit' },
      settlement: { by: 'delete' },
      alert: 'sent',
      recorded: true,
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(calls(world)).toEqual(['source.head', 'isolation.get', 'alerts.publish', 'isolation.put']);
  });

  it('is held once: a repetition alerts nobody again', async () => {
    const { handle, world } = worldWith(0);
    await handle();

    expect(await handle({ receiveCount: 2 })).toMatchObject({ outcome: { name: 'held' }, alert: 'none' });
    expect(world.alerts).toHaveLength(1);
  });

  it('is isolated by a later message, with a record of its own', async () => {
    const { handle, left } = worldWith(0);
    await handle();
    left.rule = left.bucket = 1;

    expect(await handle()).toMatchObject({ outcome: { name: 'isolated' }, recorded: true });
  });
});

describe('the limits', () => {
  it('are those of the rule and of the bucket', async () => {
    const { asked, handle, left } = worldWith(3);
    await handle();

    expect(asked).toEqual([
      { of: 'rule', name: 'few', perHour: 5 },
      { of: 'bucket', name: object.bucket, perHour: 7 },
    ]);
    expect(left).toEqual({ rule: 2, bucket: 2 });
  });

  it('are not asked where none is set', async () => {
    const { asked, handle } = worldWith(0);

    expect(await handle({}, {})).toMatchObject({ outcome: { name: 'isolated' } });
    expect(asked).toEqual([]);
  });

  it('are not spent by a dry run, nor by an object that is gone', async () => {
    const { asked, handle, world } = worldWith(3);
    await handle({}, { ...limited, mode: 'dry-run' });
    world.source.erase(object);
    await handle();

    expect(asked).toEqual([]);
  });

  it.each([
    ['the removal failed', { at: 'source.plainDelete', nth: 1, before: later }],
    ['the answer to the copy was lost', { at: 'isolation.copy', nth: 1, after: later }],
  ])('are not asked again for what was begun, which is finished: %s', async (_, failure) => {
    const { handle, left, world } = worldWith(1);
    world.log.on(failure);
    await expect(handle()).rejects.toThrow('later');
    expect(left).toEqual({ rule: 0, bucket: 0 });

    expect(await handle({ receiveCount: 2 })).toMatchObject({ outcome: { name: 'isolated' } });
    expect(left).toEqual({ rule: 0, bucket: 0 });
  });

  it('get their units back where the copy failed', async () => {
    const { handle, left, world } = worldWith(1);
    world.log.on({ at: 'isolation.copy', nth: 1, before: later });
    await expect(handle()).rejects.toThrow('later');

    expect(left).toEqual({ rule: 1, bucket: 1 });
    expect(await handle({ receiveCount: 2 })).toMatchObject({ outcome: { name: 'isolated' } });
    expect(left).toEqual({ rule: 0, bucket: 0 });
  });

  it('hold no finding by the unit that it took before its copy failed, although it was fenced', async () => {
    const { handle, left, world } = worldWith(1);
    const first: Partial<HandleSettings> = { ...limited, fence: 'first' };
    world.log.on({ at: 'isolation.copy', nth: 1, before: later });
    await expect(handle({}, first)).rejects.toThrow('later');

    expect(await handle({ receiveCount: 2 }, first)).toMatchObject({ outcome: { name: 'isolated' } });
    expect(left).toEqual({ rule: 0, bucket: 0 });
  });

  it('stay spent where the isolation side refuses the note about the version after the copy', async () => {
    const { handle, left, world } = worldWith(1, 'enabled');
    const refused = () => {
      throw new IsolationFaultError('AccessDenied', 'no');
    };
    world.log.on({ at: 'isolation.put', nth: 1, before: refused });
    await expect(handle()).rejects.toThrow('no');
    expect(left).toEqual({ rule: 0, bucket: 0 });

    expect(await handle({ receiveCount: 2 })).toMatchObject({ outcome: { name: 'isolated' } });
  });

  it('get the unit of a finding back that found the copy of another one, and then failed', async () => {
    const { handle, left, world } = worldWith(2, 'enabled');
    world.log.on({ at: 'source.listVersions', nth: 1, before: later });
    await expect(handle()).rejects.toThrow('later');
    const another = body({ id: 'b'.repeat(32) });
    world.log.on({ at: 'isolation.put', nth: 2, before: later });
    await expect(handle(another)).rejects.toThrow('later');

    expect(left).toEqual({ rule: 1, bucket: 1 });
  });
});
