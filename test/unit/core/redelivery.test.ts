import { describe, expect, it } from 'vitest';
import { isolationKey, isolationKeys } from '../../../src/core/evidence/keys.ts';
import { type HandleSettings, handleFinding } from '../../../src/core/handle-finding.ts';
import type { Message } from '../../../src/core/message.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message, messageAbout } from '../../support/findings.ts';
import { body, decided, fail, handle, refuse, worldWithObject } from '../../support/handling.ts';

const object = flaggedObject();

const [firstKey] = isolationKeys(object);

describe('a redelivery', () => {
  it('of what is done finds it done: no alert, nothing touched', async () => {
    const world = worldWithObject();
    await handle(world);
    world.source.upload(object, 'new bytes of its owner');

    expect(await handle(world, { receiveCount: 2 })).toMatchObject({
      outcome: { name: 'already_isolated' },
      settlement: { by: 'delete' },
      alert: 'none',
    });
    expect(world.alerts).toHaveLength(1);
    expect(world.source.read(object)?.bytes).toBe('new bytes of its owner');
  });

  it.each<[string, Partial<Message>, Partial<HandleSettings>, (world: FakeWorld) => void]>([
    ['alerted', {}, decided('alert'), () => undefined],
    ['dry_run', {}, { mode: 'dry-run' }, () => undefined],
    ['ignored', {}, decided('ignore'), () => undefined],
    ['changed', {}, {}, (world) => world.source.upload(object, 'other')],
    ['gone', {}, {}, (world) => world.source.erase(object)],
    ['refused', {}, {}, (world) => world.source.upload(object, flaggedBytes, { customerKey: true })],
    ['retained', {}, {}, (world) => void (world.source.refusePlainDelete = 'delete-denied')],
    ['rejected', body({}, { eTag: null }), {}, () => undefined],
  ])('of what is recorded as %s sends nothing, and settles alike', async (name, about, settings, arrange) => {
    const world = worldWithObject();
    arrange(world);
    const first = await handle(world, about, settings);
    const written = world.keys('');

    const second = await handle(world, { ...about, receiveCount: 2 }, settings);

    expect(first.outcome.name).toBe(name);
    expect(second).toMatchObject({
      outcome: first.outcome,
      settlement: first.settlement,
      alert: 'none',
      recorded: false,
    });
    expect(world.alerts.length).toBe(first.alert === 'sent' ? 1 : 0);
    expect(world.keys('')).toStrictEqual(written);
  });

  it('on another day and with another message finds the record of its finding', async () => {
    const world = worldWithObject();
    await handle(world, {}, decided('alert'));

    const later = { id: 'other', sentAt: new Date('2026-12-24T00:00:00Z') };

    expect(await handle(world, later, decided('alert'))).toMatchObject({ alert: 'none', recorded: false });
  });

  it('that removes bytes which somebody put back sends no second alert', async () => {
    const world = worldWithObject();
    await handle(world);
    world.source.upload(object, flaggedBytes);

    expect(await handle(world, { receiveCount: 2 })).toMatchObject({
      outcome: { name: 'isolated' },
      alert: 'none',
      recorded: false,
    });
    expect(world.alerts).toHaveLength(1);
    expect(world.source.entries(object)).toStrictEqual([]);
  });

  it('that was moved back and removes bytes which somebody put back sends no second alert', async () => {
    const world = worldWithObject();
    await handle(world);
    world.source.upload(object, flaggedBytes);

    await handle(world, { id: 'another', origin: 'replay' });
    expect(world.alerts).toHaveLength(1);
  });

  it('finishes what was begun though the policy says otherwise by now', async () => {
    for (const action of ['alert', 'ignore'] as const) {
      const world = worldWithObject();
      world.log.on({ at: 'source.plainDelete', nth: 1, before: fail('SlowDown') });
      await expect(handle(world)).rejects.toThrow();

      expect(await handle(world, { receiveCount: 2 }, decided(action))).toMatchObject({
        outcome: { name: 'isolated' },
      });
      expect(world.source.entries(object)).toStrictEqual([]);
    }
  });

  it('finishes what was begun before the message was parked and moved back, as a new one', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'source.plainDelete', nth: 1, before: fail('SlowDown') });
    await expect(handle(world)).rejects.toThrow();

    const movedBack = { id: 'another', sentAt: new Date('2026-12-24T00:00:00Z'), origin: 'replay' };
    expect(await handle(world, movedBack, decided('alert'))).toMatchObject({ outcome: { name: 'isolated' } });
    expect(world.source.entries(object)).toStrictEqual([]);
  });

  it('does as the policy says where nothing was begun, or another finding began it', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'source.plainDelete', nth: 1, before: fail('SlowDown') });
    const other = messageAbout(finding({ id: 'another' }));
    await expect(handleFinding(other, world.ports, handleSettings())).rejects.toThrow();

    expect(await handle(world, { receiveCount: 2 }, decided('alert'))).toMatchObject({
      outcome: { name: 'alerted' },
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it('does not look for what was begun at a first delivery, which costs calls', async () => {
    const world = worldWithObject();

    await handle(world, {}, decided('alert'));

    expect(world.log.names).toStrictEqual(['isolation.get', 'alerts.publish', 'isolation.put']);
  });

  it('does not look for it either where the policy says isolate: isolating finds it', async () => {
    const world = worldWithObject();

    await handle(world, { receiveCount: 2 });

    expect(world.log.names).toStrictEqual([
      // Tags that earlier handlings left are looked for, on other bytes and on the flagged ones.
      'source.listVersions',
      'tags.read',
      'source.head',
      'isolation.copy',
      'source.plainDelete',
      'isolation.get',
      'alerts.publish',
      'isolation.put',
    ]);
  });

  it('finishes nothing in dry-run', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'source.plainDelete', nth: 1, before: fail('SlowDown') });
    await expect(handle(world)).rejects.toThrow();

    const handled = await handle(world, { receiveCount: 2 }, { mode: 'dry-run' });

    expect(handled.outcome).toStrictEqual({ name: 'dry_run' });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(world.records()['dry_run']).toMatchObject({ isolation_key: isolationKey(object, 0) });
  });

  it('of what is recorded as changed sends nothing, also where the copy had been made before the change', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'isolation.copy', after: () => world.source.upload(object, 'other') });
    const first = await handleFinding(message(), world.ports, handleSettings());

    const second = await handleFinding(message({ receiveCount: 2 }), world.ports, handleSettings());

    expect(first.outcome).toStrictEqual({ name: 'changed' });
    expect(second).toMatchObject({ outcome: { name: 'changed' }, alert: 'none' });
    expect(Object.keys(world.records())).not.toContain('isolated');
  });

  it('of what is recorded as isolated says nothing untrue where S3 answers 403 for what is absent', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    await handleFinding(message(), world.ports, handleSettings());
    world.log.on({ at: 'source.head', before: refuse('access-denied') });

    const second = await handleFinding(message({ receiveCount: 2 }), world.ports, handleSettings());

    expect(second.outcome).toStrictEqual({ name: 'already_isolated' });
    expect(world.alerts).toHaveLength(1);
  });

  it('in dry-run of what was begun is dry_run and names the copy, whatever the policy says by now', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.plainDelete', nth: 1, before: fail('SlowDown') });
    await expect(handleFinding(message(), world.ports, handleSettings())).rejects.toThrow();

    const settings = handleSettings({ mode: 'dry-run', ...decided('alert') });
    const second = await handleFinding(message({ receiveCount: 2 }), world.ports, settings);

    expect(second.outcome).toStrictEqual({ name: 'dry_run' });
    expect(world.records()['dry_run']).toMatchObject({ isolation_key: firstKey });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it.each<[string, Partial<HandleSettings>, string]>([
    ['the policy alerts by now', decided('alert'), 'alerted'],
    ['the policy ignores by now', decided('ignore'), 'ignored'],
    ['of a dry run', { mode: 'dry-run' }, 'dry_run'],
  ])(
    'names the marker of a worker that died over bytes another finding had copied: %s',
    async (_, settings, outcome) => {
      const world = createFakeWorld('enabled');
      world.source.upload(object, 'older bytes');
      const versionId = world.source.upload(object, flaggedBytes) ?? '';
      const flagged = flaggedObject({ versionId });
      world.log.on({ at: 'source.plainDelete', nth: 1, before: fail('SlowDown') });
      await expect(
        handleFinding(
          messageAbout(finding({ id: 'a'.repeat(32), object: flagged })),
          world.ports,
          handleSettings(),
        ),
      ).rejects.toThrow();
      const second = finding({ id: 'b'.repeat(32), object: flagged });
      world.log.on({ at: 'source.deleteVersion', nth: 1, before: fail('Died') });
      await expect(handleFinding(messageAbout(second), world.ports, handleSettings())).rejects.toThrow();

      await handleFinding(messageAbout(second, { receiveCount: 2 }), world.ports, handleSettings(settings));

      const marker = world.source.entries(object)[0];
      expect(marker?.isMarker).toBe(true);
      expect(world.records()[outcome]).toMatchObject({
        delete_marker_version_id: marker?.versionId,
        remaining_versions: [versionId, expect.any(String)],
      });
      expect(world.alerts.at(-1)?.email).toContain(`hidden by delete marker: ${marker?.versionId}`);
    },
  );

  it.each([true, false])(
    'of what the policy ignores by now tells people of a fence that stays, and else nobody: %s',
    async (isFenced) => {
      const world = worldWithObject();
      world.log.on({ at: 'alerts.publish', nth: 1, before: fail('Died') });
      await expect(handle(world, {}, decided(isFenced ? 'fence' : 'alert'))).rejects.toThrow();

      const handled = await handle(world, { receiveCount: 2 }, decided('ignore'));

      expect(handled).toMatchObject({
        outcome: { name: 'ignored', reason: 'rule' },
        alert: isFenced ? 'sent' : 'none',
      });
      expect(world.alerts.map(({ email }) => email.split('\n')[1])).toEqual(
        isFenced
          ? [expect.stringMatching(/^The policy leaves .* An earlier delivery acted on it.* isolator-fenced/)]
          : [],
      );
    },
  );

  it('names the very copy in dry-run where it lies at the second key', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.isolation.corruptCopies = 1;
    world.log.on({ at: 'source.plainDelete', nth: 1, before: fail('SlowDown') });
    await expect(handleFinding(message(), world.ports, handleSettings())).rejects.toThrow();

    await handleFinding(message({ receiveCount: 2 }), world.ports, handleSettings({ mode: 'dry-run' }));

    expect(world.records()['dry_run']).toMatchObject({ isolation_key: `${firstKey}~1` });
  });

  it('is changed where the copy made by this handling had its answer lost and the object was then overwritten', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'isolation.copy', twice: true, after: () => world.source.upload(object, 'other') });

    const handled = await handleFinding(message(), world.ports, handleSettings());

    expect(handled.outcome).toStrictEqual({ name: 'changed' });
  });
});

describe('a redelivery about an object whose region is not allowed any more', () => {
  const elsewhere: Partial<HandleSettings> = { allowedSourceRegions: ['eu-west-1'], fence: 'first' };

  it('says nothing untrue of what an earlier delivery isolated, and does not look at the source', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'isolation.put', nth: 1, before: fail('Died') });
    await expect(handle(world)).rejects.toThrow();
    world.log.clear();

    expect(await handle(world, { receiveCount: 2 }, elsewhere)).toMatchObject({
      outcome: { name: 'retained', reason: 'delete-denied' },
      isolation: { unseen: true, copy: { key: firstKey } },
    });
    expect(world.log.names.filter((name) => !/^(isolation|alerts)/.test(name))).toEqual([]);
  });

  it('is already isolated where that is on record', async () => {
    const world = worldWithObject();
    await handle(world);

    expect(await handle(world, { receiveCount: 2 }, elsewhere)).toMatchObject({
      outcome: { name: 'already_isolated' },
      alert: 'none',
    });
  });

  it('is refused where there is no copy', async () => {
    expect(await handle(worldWithObject(), { receiveCount: 2 }, elsewhere)).toMatchObject({
      outcome: { name: 'refused', reason: 'cross-region' },
    });
  });

  it('is refused at the last receive where nobody can look for a copy, and throws before', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'isolation.list', before: fail('SlowDown') });
    await expect(handle(world, { receiveCount: 2 }, elsewhere)).rejects.toMatchObject({ code: 'SlowDown' });

    expect(await handle(world, { receiveCount: 20 }, elsewhere)).toMatchObject({
      outcome: { name: 'refused', reason: 'cross-region' },
    });
    expect(world.log.names.filter((name) => /^(source|tags)/.test(name))).toEqual([]);
  });
});

describe('two findings about one object', () => {
  it('make one copy; the second is already isolated, quiet, and on record', async () => {
    const world = worldWithObject();
    await handle(world);

    const second = await handleFinding(
      messageAbout(finding({ id: 'another' })),
      world.ports,
      handleSettings(),
    );

    expect(second).toMatchObject({ outcome: { name: 'already_isolated' }, alert: 'none', recorded: true });
    expect(world.keys('objects/')).toHaveLength(1);
    expect(world.records()['already_isolated']).toMatchObject({
      finding_id: 'another',
      copied_for_finding_id: finding().id,
    });
  });
});

it('tells people of a fence that it put, also where the outcome is on record', async () => {
  const world = worldWithObject();
  await handle(world, {}, decided('alert'));
  const byFence = () => handle(world, { receiveCount: 2 }, decided('fence'));

  expect(await byFence()).toMatchObject({ outcome: { name: 'alerted' }, alert: 'sent' });
  expect(world.alerts[1]?.email).toContain('isolator-fenced');
  // The tag was there.
  expect(await byFence()).toMatchObject({ outcome: { name: 'alerted' }, alert: 'none' });
});

it.each(['changed', 'gone'])(
  'tells people once of what two messages with one finding id find %s',
  async (name) => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes.replaceAll(/./g, 'x'));
    if (name === 'gone') world.source.erase(object);
    const lookedFor = body({}, { versionId: 'removed' });
    const untouched = { outcome: { name }, isolation: { removal: { kind: 'untouched' } } };

    expect(await handle(world, lookedFor)).toMatchObject({ ...untouched, alert: 'sent' });
    expect(await handle(world, { ...lookedFor, id: 'another' })).toMatchObject({
      ...untouched,
      alert: 'none',
    });
  },
);
