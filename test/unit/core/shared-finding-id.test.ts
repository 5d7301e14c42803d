import { describe, expect, it } from 'vitest';
import { recordKey, sharedRecordKey } from '../../../src/core/evidence/keys.ts';
import { type HandleSettings, handleFinding } from '../../../src/core/handle-finding.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, messageAbout } from '../../support/findings.ts';

const one = finding();
const two = finding({ object: flaggedObject({ key: 'another.csv' }) });
const decided = (action: 'alert' | 'ignore') => ({ decide: () => ({ action, rule: 'r' }) });

function worldWithBoth(): FakeWorld {
  const world = createFakeWorld();
  world.source.upload(one.object, flaggedBytes);
  world.source.upload(two.object, flaggedBytes);
  return world;
}

const handle = (
  world: FakeWorld,
  about: typeof one,
  receiveCount = 1,
  settings: Partial<HandleSettings> = {},
) => handleFinding(messageAbout(about, { receiveCount }), world.ports, handleSettings(settings));

const recordAt = (world: FakeWorld, key: string) =>
  JSON.parse(world.isolation.objects.get(key)?.bytes ?? 'null') as { key: string } | null;

describe('two objects under one finding id', () => {
  it.each<[string, Partial<HandleSettings>, (world: FakeWorld) => void, boolean]>([
    ['isolated', {}, () => undefined, true],
    ['alerted', decided('alert'), () => undefined, true],
    ['ignored', decided('ignore'), () => undefined, false],
    ['dry_run', { mode: 'dry-run' }, () => undefined, true],
    [
      'gone',
      {},
      (world) => {
        world.source.erase(one.object);
        world.source.erase(two.object);
      },
      true,
    ],
    [
      'changed',
      {},
      (world) => {
        world.source.upload(one.object, 'other');
        world.source.upload(two.object, 'other');
      },
      true,
    ],
    ['retained', {}, (world) => void (world.source.refusePlainDelete = 'delete-denied'), true],
  ])('that end as %s have a record and an alert each, and a redelivery adds nothing', async (...scene) => {
    const [name, settings, arrange, isTold] = scene;
    const world = worldWithBoth();
    arrange(world);
    await handle(world, one, 1, settings);

    const second = await handle(world, two, 1, settings);

    expect(second).toMatchObject({ outcome: { name }, recorded: true, alert: isTold ? 'sent' : 'none' });
    const place = sharedRecordKey(two, second.outcome);
    expect(recordAt(world, recordKey(one, second.outcome))).toMatchObject({ key: one.object.key });
    expect(recordAt(world, place)).toMatchObject({ key: two.object.key, outcome: name });
    if (isTold) expect(JSON.parse(world.alerts.at(-1)?.json ?? '')).toMatchObject({ record: place });

    const told = world.alerts.length;
    const kept = world.keys('');
    for (const about of [one, two]) {
      const again = await handle(world, about, 2, settings);
      // Where both are done, the second look is on record once more as already isolated.
      expect(again.alert).toBe('none');
      expect(again.outcome.name).toBe(name === 'isolated' ? 'already_isolated' : name);
    }
    expect(world.alerts).toHaveLength(told);
    if (name !== 'isolated') expect(world.keys('')).toStrictEqual(kept);
  });

  it('tell people once where the worker knows of the first', async () => {
    const world = worldWithBoth();
    const ports = {
      ...world.ports,
      isolationBucket: { ...world.isolation, holds: (key: string) => world.isolation.objects.has(key) },
    };
    await handleFinding(messageAbout(one), ports, handleSettings());

    await handleFinding(messageAbout(two), ports, handleSettings());

    expect(world.alerts).toHaveLength(2);
    expect(JSON.parse(world.alerts[1]?.json ?? '')).toMatchObject({
      record: sharedRecordKey(two, { name: 'isolated' }),
    });
  });

  it('tell people once where one object is named in two ways', async () => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(one.object, flaggedBytes) ?? '';
    const byETag = finding();
    const byVersion = finding({ object: flaggedObject({ versionId }) });
    await handle(world, byETag);

    const second = await handle(world, byVersion);

    expect(second).toMatchObject({ outcome: { name: 'isolated' }, recorded: true });
    expect(world.alerts).toHaveLength(2);
    expect(JSON.parse(world.alerts[1]?.json ?? '')).toMatchObject({
      record: sharedRecordKey(byVersion, second.outcome),
    });
  });

  it('say which version is gone where the copy was made from another version, which stays', async () => {
    const world = createFakeWorld('enabled');
    const first = world.source.upload(one.object, flaggedBytes) ?? '';
    const second = world.source.upload(one.object, flaggedBytes) ?? '';
    world.source.refuseDeleteVersion.set(second, 'locked');
    // The first version goes as identical to the second, which is flagged by its ETag.
    await handle(world, finding());
    expect(world.source.entries(one.object).map(({ versionId }) => versionId)).toStrictEqual([second]);

    const byVersion = await handle(world, finding({ object: { ...one.object, versionId: first } }), 1, {
      sourceVersions: 'flagged',
    });

    expect(byVersion).toMatchObject({
      outcome: { name: 'isolated' },
      isolation: { removal: { removedVersions: [first], remainingVersions: [second] } },
    });
  });

  it('cost the first delivery of an isolated object no call more', async () => {
    const world = worldWithBoth();

    await handle(world, one);

    expect(world.log.names).toStrictEqual([
      'source.head',
      'isolation.copy',
      'source.plainDelete',
      'alerts.publish',
      'isolation.put',
    ]);
  });

  it('name the right record in the end, also where others wrote both while people were told', async () => {
    const world = worldWithBoth();
    const isolated = { name: 'isolated' } as const;
    const { accountId: account_id, bucket, eTag: etag, key } = one.object;
    const ofOne = JSON.stringify({ finding_id: one.id, account_id, bucket, key, etag });
    world.log.on({
      at: 'alerts.publish',
      nth: 1,
      before() {
        void world.isolation.put(recordKey(one, isolated), ofOne);
        void world.isolation.put(sharedRecordKey(two, isolated), '{}');
      },
    });

    await handle(world, two);

    const named = world.alerts.map(({ json }) => (JSON.parse(json) as { record: string }).record);
    expect(named).toStrictEqual([recordKey(one, isolated), sharedRecordKey(two, isolated)]);
  });

  it('do not take the record of the other for their own after a crash', async () => {
    const world = worldWithBoth();
    await handle(world, one);
    world.log.on({
      at: 'alerts.publish',
      nth: 2,
      before: () => {
        throw new Error('crash');
      },
    });
    await expect(handle(world, two)).rejects.toThrow();

    expect(await handle(world, two, 2)).toMatchObject({
      outcome: { name: 'isolated' },
      alert: 'sent',
      recorded: true,
    });
  });
});
