import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../src/core/errors.ts';
import { isolationKey, releaseKey } from '../../../src/core/evidence/keys.ts';
import { releaseMark } from '../../../src/core/evidence/release-records.ts';
import { type FenceMode, fenceTag } from '../../../src/core/fences.ts';
import { type HandleSettings, handleFinding } from '../../../src/core/handle-finding.ts';
import type { Message } from '../../../src/core/message.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject, messageAbout } from '../../support/findings.ts';

const object = flaggedObject();
const about = finding({ object });
const later = () => {
  throw new RetryableError('SlowDown', 'later');
};

function worldWith(
  versioning: 'enabled' | 'never',
  fence: FenceMode,
  settings: Partial<HandleSettings> = {},
) {
  const world = createFakeWorld(versioning);
  const versionId = world.source.upload(object, flaggedBytes);
  const named = { ...about, object: { ...object, ...(versionId !== undefined && { versionId }) } };
  const units = { taken: 0, paused: false };
  const ports = {
    ...world.ports,
    budget: {
      async take() {
        if (units.paused) return undefined;
        units.taken++;
        return { giveBack: () => void units.taken-- };
      },
    },
  };
  return {
    world,
    units,
    tags: () => world.source.tagsOf(object, versionId),
    handle: (message: Partial<Message> = {}) =>
      handleFinding(messageAbout(named, message), ports, handleSettings({ fence, ...settings })),
  };
}
const lock = ({ source }: FakeWorld) => source.refuseDeleteVersion.set('*', 'locked');
const fenced = [[fenceTag, about.id]];

describe('FENCE=off', () => {
  it('puts no tag on what stays, and asks for none', async () => {
    const { handle, tags, world } = worldWith('enabled', 'off');
    lock(world);

    expect(await handle()).toMatchObject({ outcome: { name: 'retained' } });
    expect(tags()).toEqual([]);
    expect(world.log.names.filter((name) => name.startsWith('tags.'))).toEqual([]);
    expect(world.records()['retained']).toMatchObject({ fence: null });
  });
});

describe('FENCE=kept', () => {
  it('fences what is retained: record and alert say what the fence is', async () => {
    const { handle, tags, world } = worldWith('enabled', 'kept');
    world.provedBuckets.add(object.bucket);
    lock(world);

    await handle();

    expect(tags()).toEqual(fenced);
    expect(world.records()['retained']).toMatchObject({ reason: 'locked', fence: 'fenced' });
    expect(world.alerts[0]?.email).toContain('nobody but the roles that the fence spares can read it');
    expect(JSON.parse(world.alerts[0]?.json ?? '')).toMatchObject({ fence: 'fenced', readable: 'no' });
  });

  it('never calls a fence what nobody proved', async () => {
    const { handle, world } = worldWith('enabled', 'kept');
    lock(world);

    await handle();

    expect(world.records()['retained']).toMatchObject({ fence: 'tagged' });
    expect(world.alerts[0]?.email).toContain('STILL EXPOSED');
    expect(world.alerts[0]?.email).toContain('nobody has proved');
  });

  it('does not say that the data cannot be read while another version may hold the same bytes', async () => {
    const { handle, world } = worldWith('enabled', 'kept');
    world.provedBuckets.add(object.bucket);
    const other = world.source.upload(object, flaggedBytes);
    lock(world);

    await handle();

    const json = JSON.parse(world.alerts[0]?.json ?? '');
    expect(json).toMatchObject({ fence: 'fenced', readable: 'unknown', uncompared_versions: [other] });
  });

  it.each([
    ['encrypted by a key of a customer', 'sse-c', { customerKey: true }],
    ['archived', 'archived-storage-class', { storageClass: 'GLACIER' }],
  ])('fences what is refused: %s', async (_, reason, shown) => {
    const { handle, tags, world } = worldWith('enabled', 'kept');
    for (const { stored } of world.source.entries(object)) Object.assign(stored, shown);

    expect(await handle()).toMatchObject({ outcome: { name: 'refused', reason } });
    expect(tags()).toEqual(fenced);
  });

  it('fences what nobody may look at, by the version that the finding names', async () => {
    const { handle, tags, world } = worldWith('enabled', 'kept');
    world.provedBuckets.add(object.bucket);
    const refuse = () => {
      throw new RefusedError('access-denied', 'no');
    };
    world.log.on({ at: 'source.head', before: refuse });
    world.log.on({ at: 'source.listVersions', before: refuse });

    expect(await handle()).toMatchObject({ outcome: { name: 'refused', reason: 'access-denied' } });
    expect(tags()).toEqual(fenced);
    // Other versions may hold the same bytes.
    expect(world.records()['refused']).toMatchObject({ fence: 'tagged' });
  });

  it('says of what may be listed and not looked at that a replica may be readable', async () => {
    const { handle, world } = worldWith('enabled', 'kept');
    world.provedBuckets.add(object.bucket);
    world.log.on({
      at: 'source.head',
      before() {
        throw new RefusedError('access-denied', 'no');
      },
    });

    expect(await handle()).toMatchObject({ outcome: { name: 'refused', reason: 'access-denied' } });
    expect(world.records()['refused']).toMatchObject({ fence: 'fenced', could_read_object: false });
    expect(world.alerts[0]?.email).toContain('nobody could look at it');
  });

  it('says the same where its last receive gives up', async () => {
    const { handle, world } = worldWith('enabled', 'kept', { parkAfterReceives: 5 });
    world.provedBuckets.add(object.bucket);
    world.log.on({ at: 'source.head', before: later });

    const handled = await handle({ receiveCount: 5 });

    expect(handled).toMatchObject({ outcome: { name: 'refused', reason: 'retries-exhausted' } });
    expect(world.records()['refused']).toMatchObject({ fence: 'fenced', could_read_object: false });
  });

  it('fences what a limit holds', async () => {
    const { handle, tags, world } = worldWith('never', 'kept', {
      decide: () => ({ action: 'isolate', rule: 'few', limitPerHour: 1 }),
    });
    world.ports.limits.take = async () => undefined;

    expect(await handle()).toMatchObject({ outcome: { name: 'held' } });
    expect(tags()).toEqual(fenced);
  });

  it('fences nothing that is isolated, and its copy is asked for without the tag of a fence', async () => {
    const { handle, world } = worldWith('enabled', 'kept');

    expect(await handle()).toMatchObject({ outcome: { name: 'isolated' } });
    expect(world.fences).toEqual([]);
    expect(world.isolation.lastRequest).toMatchObject({ mayBeFenced: true });
    expect(world.records()['isolated']).toMatchObject({ fence: null });
  });

  it('fences an object at the third receive, and not before', async () => {
    const { handle, tags, world } = worldWith('never', 'kept');
    world.log.on({ at: 'isolation.copy', before: later });

    await expect(handle({ receiveCount: 2 })).rejects.toThrow('later');
    expect(tags()).toEqual([]);
    await expect(handle({ receiveCount: 3 })).rejects.toThrow('later');
    expect(tags()).toEqual(fenced);
  });

  it('keeps the fence in the record of a message that is given up', async () => {
    const { handle, world } = worldWith('never', 'kept');
    world.log.on({ at: 'isolation.copy', before: later });

    await handle({ receiveCount: 20 });

    expect(world.records()['refused']).toMatchObject({ reason: 'SlowDown', fence: 'tagged' });
  });

  it('tells the failure of the isolation, not that of the fence', async () => {
    const { handle, world } = worldWith('never', 'kept');
    world.log.on({ at: 'isolation.copy', before: later });
    world.log.on({
      at: 'tags.replace',
      before() {
        throw new RetryableError('Other', 'of the fence');
      },
    });

    await expect(handle({ receiveCount: 3 })).rejects.toThrow('later');
  });

  it.each([
    [5, 'rejects'],
    [6, 'open'],
  ])('keeps people waiting for a failing fence for five receives (%s: %s)', async (receiveCount, end) => {
    const { handle, world } = worldWith('enabled', 'kept');
    lock(world);
    world.log.on({ at: 'tags.replace', before: later });

    if (end === 'rejects') await expect(handle({ receiveCount })).rejects.toThrow('later');
    else {
      await handle({ receiveCount });
      expect(world.records()['retained']).toMatchObject({ reason: 'locked', fence: 'open' });
    }
  });

  it('is stopped by a pause', async () => {
    const { handle, tags, units, world } = worldWith('enabled', 'kept');
    lock(world);
    world.log.on({ at: 'source.deleteVersion', after: () => void (units.paused = true) });

    expect(await handle()).toMatchObject({ outcome: { name: 'retained' } });
    expect(tags()).toEqual([]);
    expect(world.records()['retained']).toMatchObject({ fence: null });
  });

  it('takes a unit of the budget for each new fence, and none for one that is there', async () => {
    const { handle, units, world } = worldWith('enabled', 'kept');
    lock(world);

    await handle();
    expect(units.taken).toBe(1);
    await handle({ receiveCount: 2 });
    expect(units.taken).toBe(1);
  });

  it('fences nothing in a dry run', async () => {
    const { handle, tags } = worldWith('enabled', 'kept', { mode: 'dry-run' });

    await handle({ receiveCount: 3 });
    expect(tags()).toEqual([]);
  });

  it('fences nothing in a region that is not allowed', async () => {
    const { handle, tags } = worldWith('enabled', 'kept', { allowedSourceRegions: ['eu-west-1'] });

    expect(await handle()).toMatchObject({ outcome: { name: 'refused', reason: 'cross-region' } });
    expect(tags()).toEqual([]);
  });

  it('takes the tag away that hit other bytes when a worker died', async () => {
    const { handle, tags, world } = worldWith('never', 'kept');
    world.source.upload(object, 'newer');
    world.source.setTags(object, [
      ['team', 'a'],
      [fenceTag, about.id],
    ]);

    expect(await handle({ receiveCount: 2 })).toMatchObject({ outcome: { name: 'changed' } });
    expect(tags()).toEqual([['team', 'a']]);
    expect(world.fences).toEqual(['hit null']);
  });

  it('leaves the fence of another finding', async () => {
    const { handle, tags, world } = worldWith('never', 'kept');
    world.source.upload(object, 'newer');
    world.source.setTags(object, [[fenceTag, 'another']]);

    await handle({ receiveCount: 2 });
    expect(tags()).toEqual([[fenceTag, 'another']]);
  });
});

describe('FENCE=first', () => {
  it('fences before the copy, with two calls more, and the copy does not carry the tag', async () => {
    const { handle, world } = worldWith('enabled', 'first');
    const { handle: off, world: without } = worldWith('enabled', 'off');

    await handle();
    await off();

    const names = [...world.log.names];
    expect(names.indexOf('tags.replace')).toBeLessThan(names.indexOf('isolation.copy'));
    expect(names.filter((name) => !name.startsWith('tags.'))).toEqual([...without.log.names]);
    expect(names).toHaveLength(without.log.names.length + 2);
    expect(world.isolation.lastRequest?.stored.ownTags).toEqual([]);
    expect(world.records()['isolated']).toMatchObject({ fence: null });
  });

  it('does not delay an isolation by a fence that fails', async () => {
    const { handle, world } = worldWith('never', 'first');
    world.log.on({ at: 'tags.read', before: later });

    expect(await handle()).toMatchObject({ outcome: { name: 'isolated' } });
  });

  it('spends the unit of an object that it fenced and could not remove', async () => {
    const { handle, units, world } = worldWith('enabled', 'first');
    lock(world);

    await handle();
    expect(units.taken).toBe(1);
  });

  it('spends no unit for a fence that an earlier handling put', async () => {
    const { handle, tags, units, world } = worldWith('enabled', 'first');
    world.source.setTags(object, fenced as [string, string][]);
    lock(world);

    await handle();
    expect(tags()).toEqual(fenced);
    expect(units.taken).toBe(0);
  });

  it('takes the fence away from what a person released, whose mark was taken away', async () => {
    const { handle, tags, world } = worldWith('never', 'first');
    world.isolation.place(releaseKey(object, flaggedETag), '{}');
    world.isolation.place(isolationKey(object, 0), flaggedBytes);
    world.log.on({ at: 'isolation.copy', before: () => expect(tags()).toEqual(fenced) });
    const copyThere = worldWith('never', 'off');
    await copyThere.handle();
    const copy = copyThere.world.isolation.objects.get(isolationKey(object, 0));
    if (copy) world.isolation.objects.set(isolationKey(object, 0), copy);

    expect(await handle()).toMatchObject({ outcome: { name: 'released' } });
    expect(tags()).toEqual([]);
  });

  it('takes the fence of an earlier handling away from what a person released since, also if it is switched off by now', async () => {
    const { handle, tags, world } = worldWith('never', 'off');
    world.source.setTags(object, [...fenced, [releaseMark, 'true']] as [string, string][]);
    world.isolation.place(releaseKey(object, flaggedETag), '{}');

    expect(await handle({ receiveCount: 2 })).toMatchObject({ outcome: { name: 'released' } });
    expect(tags()).toEqual([[releaseMark, 'true']]);
  });
});

describe('a rule', () => {
  it('says otherwise than the setting', async () => {
    const { handle, tags, world } = worldWith('enabled', 'off', {
      decide: () => ({ action: 'isolate', rule: 'r', fence: 'kept' }),
    });
    lock(world);

    await handle();
    expect(tags()).toEqual(fenced);
  });

  const decide: HandleSettings['decide'] = () => ({ action: 'fence', rule: 'tables', limitPerHour: 5 });

  it('with the action fence fences in place, moves nothing, and ends as alerted', async () => {
    const { handle, tags, world } = worldWith('enabled', 'off', { decide });
    world.provedBuckets.add(object.bucket);

    expect(await handle()).toMatchObject({ outcome: { name: 'alerted' }, settlement: { by: 'delete' } });
    expect(tags()).toEqual(fenced);
    expect(world.keys('objects/')).toEqual([]);
    expect(world.records()['alerted']).toMatchObject({ fence: 'fenced' });
    expect(world.alerts[0]?.subject).toContain('object fenced');
  });

  it('with the action fence hands its finding back during a pause', async () => {
    const { handle, tags, units } = worldWith('enabled', 'off', { decide });
    units.paused = true;

    await expect(handle()).rejects.toMatchObject({ code: 'Paused' });
    expect(tags()).toEqual([]);
  });

  it('with the action fence is held by its limit, unless it was begun', async () => {
    const { handle, tags, world } = worldWith('enabled', 'off', { decide });
    world.ports.limits.take = async () => undefined;

    expect(await handle()).toMatchObject({ outcome: { name: 'held', reason: 'rule-limit' } });
    expect(tags()).toEqual([]);
    world.source.setTags(object, fenced as [string, string][]);
    expect(await handle({ receiveCount: 2 })).toMatchObject({ outcome: { name: 'alerted' } });
  });

  it.each([
    ['the whole service', { mode: 'dry-run' as const, decide }],
    ['the rule', { decide: () => ({ action: 'fence' as const, rule: 'r', dryRun: true }) }],
  ])('with the action fence only alerts in a dry run of %s', async (_, settings) => {
    const { handle, tags } = worldWith('enabled', 'off', settings);

    expect(await handle()).toMatchObject({ outcome: { name: 'alerted' } });
    expect(tags()).toEqual([]);
  });

  it('with the action fence fences nothing that Macie does not confirm', async () => {
    const { tags, world } = worldWith('never', 'off');
    const ports = { ...world.ports, confirmer: { find: async () => 'not-actionable' as const } };

    const ended = await handleFinding(messageAbout(about), ports, handleSettings({ decide }));
    expect(ended).toMatchObject({ outcome: { name: 'rejected', reason: 'not-confirmed' } });
    expect(tags()).toEqual([]);
  });

  it('fences nothing for the third time that Macie has not confirmed', async () => {
    const { tags, world } = worldWith('never', 'kept');
    const ports = { ...world.ports, confirmer: { find: async () => later() } };

    const handling = handleFinding(
      messageAbout(about, { receiveCount: 4 }),
      ports,
      handleSettings({ fence: 'kept' }),
    );
    await expect(handling).rejects.toThrow('later');
    expect(tags()).toEqual([]);
  });
});
