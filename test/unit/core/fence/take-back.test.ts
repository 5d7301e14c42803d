import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { fenceTag } from '../../../../src/core/fences.ts';
import { type HandleSettings, handleFinding } from '../../../../src/core/handle-finding.ts';
import type { Message } from '../../../../src/core/message.ts';
import type { Ports } from '../../../../src/core/ports.ts';
import { createFakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, messageAbout } from '../../../support/findings.ts';

const object = flaggedObject();
const about = finding({ object });
const team: [string, string] = ['team', 'a'];
const alertOnly: HandleSettings['decide'] = () => ({ action: 'alert', rule: 'none' });
const later = () => {
  throw new RetryableError('SlowDown', 'later');
};

/** A worker died after its tag hit bytes that an owner put at that moment. */
function worldWithTagLeft() {
  const world = createFakeWorld('never');
  world.source.upload(object, 'newer, and not flagged');
  world.source.setTags(object, [team, [fenceTag, about.id]]);
  const handle = (
    settings: Partial<HandleSettings> = {},
    message: Partial<Message> = {},
    ports: Partial<Ports> = {},
  ) =>
    handleFinding(
      messageAbout(about, { receiveCount: 2, ...message }),
      { ...world.ports, ...ports },
      handleSettings(settings),
    );
  return { world, handle, tags: () => world.source.tagsOf(object) };
}

describe('a tag that a worker which died left on other bytes', () => {
  it.each([
    ['the policy only alerts by then', { fence: 'kept', decide: alertOnly }],
    ['the policy ignores it by then', { decide: () => ({ action: 'ignore', rule: 'none' }) }],
    ['the rule is a dry run by then', { decide: () => ({ action: 'isolate', rule: 'r', dryRun: true }) }],
    ['the policy fences in place', { decide: () => ({ action: 'fence', rule: 'r' }) }],
    ['FENCE is off by then', { fence: 'off' }],
    ['nothing has changed', { fence: 'first' }],
  ] satisfies [string, Partial<HandleSettings>][])(
    'is taken away when the message comes again: %s',
    async (_, settings) => {
      const { handle, tags, world } = worldWithTagLeft();

      await handle(settings);
      expect(tags()).toEqual([team]);
      expect(world.fences).toContain('hit null');
    },
  );

  it.each([
    ['is looked for by HEAD where the versions may not be listed', false, [team]],
    ['stays where neither may be done', true, [team, [fenceTag, about.id]]],
  ] as const)('%s', async (_, refusesHead, left) => {
    const { handle, tags, world } = worldWithTagLeft();
    const denied = () => {
      throw new RefusedError('access-denied', 'no');
    };
    world.log.on({ at: 'source.listVersions', before: denied });
    if (refusesHead) world.log.on({ at: 'source.head', before: denied });

    await handle({ decide: alertOnly });
    expect(tags()).toEqual(left);
  });

  it.each([
    ['tags.read', 1],
    ['tags.read', 2],
    ['tags.replace', 1],
  ])(
    'is taken from the `null` version if versioning is switched on, and a version put, before %s number %i',
    async (at, nth) => {
      const { handle, world } = worldWithTagLeft();
      world.log.on({
        at,
        nth,
        before() {
          world.source.setVersioning('enabled');
          world.source.upload(object, 'newer still');
        },
      });

      await handle({ decide: alertOnly });
      expect(world.source.tagsOf(object, 'null')).toEqual([team]);
      expect(world.source.tagsOf(object).map(([name]) => name)).not.toContain(fenceTag);
      expect(world.fences.at(-1)).toBe('hit null');
    },
  );

  it('is not looked for at the first receive', async () => {
    const { handle, tags, world } = worldWithTagLeft();

    await handle({ decide: alertOnly }, { receiveCount: 1 });
    expect(tags()).toHaveLength(2);
    expect(world.log.names).not.toContain('source.listVersions');
  });

  it('is looked for on the `null` version too if the finding names another one', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, 'newer, and not flagged');
    world.source.setTags(object, [[fenceTag, about.id]]);
    const named = { ...about, object: { ...object, versionId: 'gone-by-now' } };

    await handleFinding(messageAbout(named, { receiveCount: 2 }), world.ports, handleSettings());
    expect(world.source.tagsOf(object)).toEqual([]);
  });

  it('stays on the flagged bytes', async () => {
    const world = createFakeWorld('never');
    world.source.upload(object, flaggedBytes);
    world.source.setTags(object, [[fenceTag, about.id]]);

    await handleFinding(
      messageAbout(about, { receiveCount: 2 }),
      world.ports,
      handleSettings({ decide: alertOnly }),
    );
    expect(world.source.tagsOf(object)).toEqual([[fenceTag, about.id]]);
  });

  it.each([
    ['the policy only alerts', { decide: alertOnly }, 'alerted'],
    ['the mode is dry-run', { mode: 'dry-run' }, 'dry_run'],
    ['FENCE is off, and a limit holds it', { fence: 'off' }, 'held'],
  ] as const)('is told of where it stays on the flagged bytes: %s by then', async (_, settings, outcome) => {
    const world = createFakeWorld('never');
    world.source.upload(object, flaggedBytes);
    world.source.setTags(object, [[fenceTag, about.id]]);
    world.provedBuckets.add(object.bucket);
    const limits = { take: async () => undefined };
    const ports = outcome === 'held' ? { ...world.ports, limits } : world.ports;
    const message = messageAbout(about, { receiveCount: 2 });

    await handleFinding(message, ports, handleSettings({ bucketLimitPerHour: 1, ...settings }));

    expect(world.records()[outcome]).toMatchObject({ fence: 'fenced' });
    expect(world.alerts.at(-1)?.email).toContain('The object is fenced');
    expect(world.source.tagsOf(object)).toEqual([[fenceTag, about.id]]);
  });

  it.each([
    [2, 'SourceInFlux'],
    [20, undefined],
  ])(
    'is not told of if somebody lifts it meanwhile, and receive %i ends with %s',
    async (receiveCount, code) => {
      const world = createFakeWorld('never');
      world.source.upload(object, flaggedBytes);
      world.source.setTags(object, [[fenceTag, about.id]]);
      world.log.on({ at: 'tags.read', nth: 1, after: () => world.source.setTags(object, []) });
      const message = messageAbout(about, { receiveCount });
      const settings = handleSettings({ decide: alertOnly, parkAfterReceives: 20 });

      const handled = handleFinding(message, world.ports, settings);

      if (code !== undefined) return expect(handled).rejects.toMatchObject({ code });
      await handled;
      expect(world.records()['alerted']).toMatchObject({ fence: null });
    },
  );

  it('is told of as no more than a tag if the versions may not be listed', async () => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    world.source.setTags(object, [[fenceTag, about.id]]);
    world.provedBuckets.add(object.bucket);
    world.log.on({
      at: 'source.listVersions',
      before() {
        throw new RefusedError('access-denied', 'no');
      },
    });
    const named = messageAbout({ ...about, object: { ...object, versionId } }, { receiveCount: 2 });

    await handleFinding(named, world.ports, handleSettings({ decide: alertOnly }));

    expect(world.records()['alerted']).toMatchObject({ fence: 'tagged' });
  });

  it('keeps an alert waiting for five receives and no longer, if nobody can look', async () => {
    const { handle, world } = worldWithTagLeft();
    world.log.on({ at: 'source.listVersions', before: later });

    await expect(handle({ decide: alertOnly }, { receiveCount: 5 })).rejects.toThrow('later');
    expect((await handle({ decide: alertOnly }, { receiveCount: 6 })).outcome.name).toBe('alerted');
    expect(world.fences).toEqual(['may be left']);
  });

  it('does not make the record forget what was removed, if nobody can look', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    const named = { ...about, object: { ...object, versionId } };
    const handle = (receiveCount: number) =>
      handleFinding(messageAbout(named, { receiveCount }), world.ports, handleSettings());
    world.log.on({ at: 'source.listVersions', nth: 1, before: later });

    await expect(handle(2)).rejects.toThrow('later');
    await handle(3);

    const record = world.records()['isolated'];
    expect(record).toMatchObject({ removed_versions: ['v1', 'v2'], removed_at: expect.any(String) });
  });

  it('stays in a dry run, which touches nothing, and is named', async () => {
    const { handle, tags, world } = worldWithTagLeft();

    await handle({ mode: 'dry-run' });
    expect(tags()).toHaveLength(2);
    expect(world.fences).toEqual(['may be left']);
  });

  it('stays if Macie does not confirm the finding, and is named', async () => {
    const { handle, tags, world } = worldWithTagLeft();

    await handle({ decide: alertOnly }, {}, { confirmer: { find: async () => 'not-actionable' } });
    expect(tags()).toHaveLength(2);
    expect(world.fences).toEqual(['may be left']);
  });

  it('is named if S3 refuses to take it away', async () => {
    const { handle, tags, world } = worldWithTagLeft();
    world.log.on({
      at: 'tags.replace',
      before() {
        throw new RefusedError('access-denied', 'no');
      },
    });

    await handle({ decide: alertOnly });
    expect(tags()).toHaveLength(2);
    expect(world.fences).toEqual(['may be left']);
  });

  it.each([['that is not allowed', { allowedSourceRegions: ['eu-west-1'] }]])(
    'is not looked for in a region %s',
    async (_, settings) => {
      const { handle, tags, world } = worldWithTagLeft();

      await handle({ decide: alertOnly, ...settings });
      expect(tags()).toHaveLength(2);
      expect(world.log.names).not.toContain('source.listVersions');
    },
  );

  it('brings the message again if nobody can look, and does not delay the isolation', async () => {
    const world = createFakeWorld('never');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.listVersions', nth: 1, before: later });

    const handling = handleFinding(messageAbout(about, { receiveCount: 2 }), world.ports, handleSettings());
    await expect(handling).rejects.toThrow('later');
    expect(world.log.names).toContain('source.plainDelete');
    expect(world.alerts).toEqual([]);
  });

  it('is named at the last receive if nobody can look, and the outcome stays what it is', async () => {
    const { handle, world } = worldWithTagLeft();
    world.log.on({ at: 'source.listVersions', before: later });

    expect(await handle({ decide: alertOnly, parkAfterReceives: 2 })).toMatchObject({
      outcome: { name: 'alerted' },
    });
    expect(world.fences).toEqual(['may be left']);
  });
});

describe('a tag of which a worker does not know what it hit', () => {
  const worldInDoubt = () => {
    const world = createFakeWorld('never');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'tags.replace', nth: 1, before: () => void world.source.upload(object, 'newer') });
    world.log.on({ at: 'source.listVersions', nth: 1, before: later });
    return world;
  };
  const handle = (world: ReturnType<typeof worldInDoubt>, receiveCount: number, parkAfterReceives: number) =>
    handleFinding(
      messageAbout(about, { receiveCount }),
      world.ports,
      handleSettings({ fence: 'first', parkAfterReceives }),
    );

  it('brings the message again, and is taken away then', async () => {
    const world = worldInDoubt();

    await expect(handle(world, 1, 20)).rejects.toMatchObject({ code: 'SlowDown' });
    expect(world.source.tagsOf(object)).toHaveLength(1);
    expect(await handle(world, 2, 20)).toMatchObject({ outcome: { name: 'changed' } });
    expect(world.source.tagsOf(object)).toEqual([]);
  });

  it('is named at the last receive', async () => {
    const world = worldInDoubt();

    expect(await handle(world, 1, 1)).toMatchObject({ outcome: { name: 'changed' } });
    expect(world.fences).toEqual(['may be left']);
  });
});
