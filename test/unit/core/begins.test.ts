import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../src/core/errors.ts';
import { requestIdOf } from '../../../src/core/evidence/requests.ts';
import { type HandleSettings, handleFinding } from '../../../src/core/handle-finding.ts';
import type { Message } from '../../../src/core/message.ts';
import { requestBody } from '../../../src/core/parse/parse-request.ts';
import type { Ports } from '../../../src/core/ports.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message, messageAbout } from '../../support/findings.ts';

const object = flaggedObject();
const later = () => {
  throw new RetryableError('SlowDown', 'later');
};

function worldWithObject(): FakeWorld {
  const world = createFakeWorld();
  world.source.upload(object, flaggedBytes);
  return world;
}

const handle = (
  { ports }: FakeWorld,
  about: Partial<Message> = {},
  settings: Partial<HandleSettings> = {},
  more: Partial<Ports> = {},
) => handleFinding(message(about), { ...ports, ...more }, handleSettings(settings));

/** Copies the object and dies before the removal. */
async function begin(world: FakeWorld): Promise<void> {
  world.log.on({ at: 'source.plainDelete', nth: 1, before: later });
  await expect(handle(world)).rejects.toThrow('later');
}

const rehearsing = { decide: () => ({ action: 'isolate', rule: 'new', dryRun: true }) as const };

describe('a rule in a dry run', () => {
  it('isolates nothing, and says what would happen', async () => {
    const world = worldWithObject();

    expect(await handle(world, {}, rehearsing)).toMatchObject({
      outcome: { name: 'dry_run' },
      isolation: { rehearsal: { expected: { name: 'isolated' } } },
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(world.keys('objects/')).toStrictEqual([]);
  });

  it('finishes what was begun before it was in a dry run', async () => {
    const world = worldWithObject();
    await begin(world);

    expect(await handle(world, { receiveCount: 2 }, rehearsing)).toMatchObject({
      outcome: { name: 'isolated' },
    });
  });
});

describe('the policy', () => {
  it.each([undefined, 'backfill'] as const)('is told where the message comes from: %s', async (origin) => {
    const told: unknown[] = [];
    const decide: HandleSettings['decide'] = (_, about) => {
      told.push(about);
      return { action: 'ignore', rule: 'r' };
    };

    await handle(worldWithObject(), origin === undefined ? {} : { origin }, { decide });

    const at = expect.any(Date) as Date;
    expect(told).toStrictEqual([origin === undefined ? { at } : { at, origin }]);
  });
});

describe('the room at the source', () => {
  function room() {
    const log: string[] = [];
    const sourceRoom: NonNullable<Ports['sourceRoom']> = {
      enter({ bucket }) {
        log.push(`enter ${bucket}`);
        return () => void log.push('leave');
      },
    };
    return { log, sourceRoom };
  }
  const entered = [`enter ${object.bucket}`, 'leave'];
  const alerting = { decide: () => ({ action: 'alert', rule: 'r' }) as const };

  it('is entered for an isolation, and left', async () => {
    const { log, sourceRoom } = room();

    await handle(worldWithObject(), {}, {}, { sourceRoom });
    expect(log).toStrictEqual(entered);
  });

  it('is left also where the isolation fails', async () => {
    const { log, sourceRoom } = room();
    const world = worldWithObject();
    world.log.on({ at: 'isolation.copy', before: later });

    await expect(handle(world, {}, {}, { sourceRoom })).rejects.toThrow('later');
    expect(log).toStrictEqual(entered);
  });

  it('is not needed for an alert, but at a repetition that finishes what was begun', async () => {
    const { log, sourceRoom } = room();
    const world = worldWithObject();

    await handle(world, {}, alerting, { sourceRoom });
    await handle(world, { receiveCount: 2 }, alerting, { sourceRoom });
    expect(log).toStrictEqual([]);
    world.log.on({ at: 'source.plainDelete', nth: 1, before: later });
    await expect(handle(world)).rejects.toThrow('later');
    await handle(world, { receiveCount: 2 }, alerting, { sourceRoom });
    expect(log).toStrictEqual(entered);
  });

  it.each(['alert', 'ignore'] as const)(
    'does not keep a policy from its %s if the source is slow',
    async (action) => {
      const world = worldWithObject();
      const sourceRoom = { enter: later };
      const decide = () => ({ action, rule: 'r' });

      const handled = await handle(world, { receiveCount: 20 }, { decide }, { sourceRoom });

      expect(handled.outcome.name).toBe(action === 'alert' ? 'alerted' : 'ignored');
    },
  );
});

describe('an isolation', () => {
  it('is reported when it begins, and an alert is not', async () => {
    const begun: string[] = [];
    const world = worldWithObject();
    const observer = { ...world.ports.observer, isolationBegins: ({ id }: Message) => void begun.push(id) };

    await handle(world, {}, { decide: () => ({ action: 'alert', rule: 'r' }) }, { observer });
    expect(begun).toStrictEqual([]);
    await handle(world, {}, {}, { observer });
    expect(begun).toStrictEqual([message().id]);
  });

  it('that is given up at one of its first receives is fenced, since no other handling will come', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'isolation.copy', before: later });

    await handle(world, {}, { fence: 'kept', parkAfterReceives: 1 });

    expect(world.records()['refused']).toMatchObject({ reason: 'SlowDown', fence: 'tagged' });
  });

  it('that was begun is not confirmed again: a dry run names the copy without asking Macie', async () => {
    const world = worldWithObject();
    await begin(world);
    const confirmer = { find: async () => later() };

    expect(await handle(world, { receiveCount: 2 }, { mode: 'dry-run' }, { confirmer })).toMatchObject({
      outcome: { name: 'dry_run' },
      isolation: { copy: { madeNow: false } },
    });
  });
});

describe('a dry run of an object of which another finding made a copy', () => {
  it('does not name a marker that another worker takes away meanwhile', async () => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    const of = (id: string) => finding({ id, object: flaggedObject({ versionId }) });
    world.log.on({ at: 'source.deleteVersion', nth: 1, before: later });
    const isolating = handleFinding(messageAbout(of('a'.repeat(32))), world.ports, handleSettings());
    await expect(isolating).rejects.toThrow('later');
    world.source.erase(object);
    const marker = world.source.entries(object)[0]?.versionId ?? '';
    const before = () => world.source.drop(object, marker);
    world.log.on({ at: 'source.mayReadTags', before });

    const about = messageAbout(of('b'.repeat(32)), { receiveCount: 2 });
    const { isolation } = await handleFinding(about, world.ports, handleSettings({ mode: 'dry-run' }));

    expect(isolation).toMatchObject({ rehearsal: { expected: { name: 'isolated' } } });
    expect(isolation).not.toHaveProperty('removal');
  });
});

describe('a request that cannot be read', () => {
  const id = requestIdOf(object, new Date('2026-11-19T08:00:00Z'));
  const manual = { body: requestBody(id), origin: 'manual' } as const;

  function unreadableWorld() {
    const world = createFakeWorld();
    world.log.on({ at: 'isolation.get', nth: 1, before: later });
    return world;
  }

  it('comes again until the last receive', async () => {
    const world = unreadableWorld();

    await expect(handle(world, { ...manual, receiveCount: 19 })).rejects.toThrow('later');
    expect(world.alerts).toStrictEqual([]);
  });

  it('is parked at the last receive with the code of the error, and named by its id', async () => {
    const world = unreadableWorld();

    expect(await handle(world, { ...manual, receiveCount: 20 })).toMatchObject({
      outcome: { name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' },
      settlement: { by: 'park', reason: 'SlowDown', findingId: id },
      finding: { id, createdAt: message().sentAt },
    });
  });
});

describe('a message that names no finding', () => {
  it('is rejected without one', async () => {
    const handled = await handle(createFakeWorld(), { body: '{}' });

    expect(handled).not.toHaveProperty('finding');
    expect(handled).not.toHaveProperty('isolation');
  });

  it('although it should name a request is said to be forged', async () => {
    const handled = await handle(createFakeWorld(), { body: '{}', origin: 'manual' });

    expect(handled).toMatchObject({
      outcome: { name: 'rejected', reason: 'not-confirmed' },
      isolation: { unconfirmed: { why: 'no-request' } },
    });
    expect(handled).not.toHaveProperty('finding');
  });
});
