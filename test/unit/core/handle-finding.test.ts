import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../src/core/errors.ts';
import { type HandleSettings, handleFinding } from '../../../src/core/handle-finding.ts';
import { isolationKey } from '../../../src/core/isolation-key.ts';
import type { Message } from '../../../src/core/message.ts';
import type { Action } from '../../../src/core/policy.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import {
  envelope,
  finding,
  flaggedBytes,
  flaggedObject,
  macieDetail,
  message,
  messageAbout,
} from '../../support/findings.ts';

const object = flaggedObject();
const handle = ({ ports }: FakeWorld, about: Partial<Message> = {}, settings: Partial<HandleSettings> = {}) =>
  handleFinding(message(about), ports, handleSettings(settings));
const decided = (action: Action) => ({ decide: () => ({ action, rule: `rule-${action}` }) });

function worldWithObject(versioning: 'enabled' | 'never' = 'never') {
  const world = createFakeWorld(versioning);
  world.source.upload(object, flaggedBytes);
  return world;
}

const fail = (code: string) => () => {
  throw new RetryableError(code, 'later');
};
const body = (overrides: object, s3Object = {}) => ({
  body: JSON.stringify(envelope(macieDetail({ ...overrides }, s3Object))),
});

describe('handleFinding', () => {
  it('isolates, alerts and records, in this order, and has the message deleted', async () => {
    const world = worldWithObject();

    const handled = await handle(world);

    expect(handled).toMatchObject({
      outcome: { name: 'isolated' },
      settlement: { by: 'delete' },
      alert: 'sent',
      recorded: true,
      finding: { id: finding().id },
      decision: { rule: 'high-severity' },
    });
    expect(world.log.names).toEqual([
      'source.head',
      'isolation.copy',
      'source.deleteCurrent',
      'alerts.publish',
      'isolation.put',
    ]);
    expect(world.records()['isolated']).toMatchObject({
      alert_result: 'sent',
      copy_made_now: true,
      receive_count: 1,
    });
    expect(world.alerts[0]?.attributes.outcome).toBe('isolated');
    expect(world.alertResults).toEqual(['sent']);
  });

  it('alerts only, where the policy says so', async () => {
    const world = worldWithObject();

    expect(await handle(world, {}, decided('alert'))).toMatchObject({
      outcome: { name: 'alerted' },
      settlement: { by: 'delete' },
      alert: 'sent',
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(world.keys('objects/')).toEqual([]);
    expect(world.records()['alerted']).toMatchObject({ policy_rule: 'rule-alert', isolation_key: null });
  });

  it('ignores what the policy says to ignore, quietly, with a record', async () => {
    const world = worldWithObject();

    expect(await handle(world, {}, decided('ignore'))).toMatchObject({
      outcome: { name: 'ignored', reason: 'rule' },
      settlement: { by: 'delete' },
      alert: 'none',
      recorded: true,
    });
    expect(world.alerts).toEqual([]);
  });

  it.each([
    ['sample', { sample: true }],
    ['archived', { archived: true }],
    ['policy-finding', { category: 'POLICY' }],
  ])('ignores and records a finding for the reason %s', async (reason, overrides) => {
    const world = worldWithObject();

    expect(await handle(world, body(overrides))).toMatchObject({
      outcome: { name: 'ignored', reason },
      settlement: { by: 'delete' },
      recorded: true,
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(world.alerts).toEqual([]);
  });

  it('never takes the isolation bucket for a source, in whatever mode', async () => {
    const inside = finding({ object: flaggedObject({ bucket: 'isolation' }) });
    for (const mode of ['enforce', 'dry-run'] as const) {
      const world = createFakeWorld();
      world.source.upload(inside.object, flaggedBytes);

      const handled = await handleFinding(
        messageAbout(inside, { receiveCount: 2 }),
        world.ports,
        handleSettings({ mode }),
      );

      expect(handled.outcome).toEqual({ name: 'ignored', reason: 'isolation-bucket' });
      expect(world.source.read(inside.object)?.bytes).toBe(flaggedBytes);
      expect(world.log.names.filter((name) => name.startsWith('source.'))).toEqual([]);
    }
  });

  it('touches nothing in dry-run, and says where the copy would lie', async () => {
    const world = worldWithObject();

    expect(await handle(world, {}, { mode: 'dry-run' })).toMatchObject({
      outcome: { name: 'dry_run' },
      settlement: { by: 'delete' },
      alert: 'sent',
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(world.keys('objects')).toEqual([]);
    expect(world.records()['dry_run']).toMatchObject({
      isolation_key: isolationKey(object, 0),
      copy_made_now: null,
    });
  });

  it('alerts in dry-run as ever where the policy says alert', async () => {
    const world = worldWithObject();

    expect(await handle(world, {}, { mode: 'dry-run', ...decided('alert') })).toMatchObject({
      outcome: { name: 'alerted' },
    });
  });

  it('alerts about a changed object, and touches nothing', async () => {
    const world = createFakeWorld();
    world.source.upload(object, 'other');

    expect(await handle(world)).toMatchObject({
      outcome: { name: 'changed' },
      settlement: { by: 'delete' },
      alert: 'sent',
    });
    expect(world.source.read(object)?.bytes).toBe('other');
    expect(world.records()['changed']).toMatchObject({ removed_versions: [] });
  });

  it('alerts about an object that is gone', async () => {
    const world = createFakeWorld();

    expect(await handle(world)).toMatchObject({
      outcome: { name: 'gone', reason: 'source-absent' },
      settlement: { by: 'delete' },
      alert: 'sent',
    });
    expect(world.records()['gone']).toMatchObject({ reason: 'source-absent' });
  });

  it('parks what is retained, with its reason, after alert and record', async () => {
    const world = worldWithObject();
    world.source.refuseDeleteCurrent = 'delete-denied';

    expect(await handle(world)).toMatchObject({
      outcome: { name: 'retained', reason: 'delete-denied' },
      settlement: { by: 'park', outcome: 'retained', reason: 'delete-denied', findingId: finding().id },
      alert: 'sent',
      recorded: true,
    });
    expect(world.records()['retained']).toMatchObject({
      reason: 'delete-denied',
      isolation_key: isolationKey(object, 0),
    });
  });

  it('parks what is refused, with its reason', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes, { customerKey: true });

    expect(await handle(world)).toMatchObject({
      outcome: { name: 'refused', reason: 'sse-c' },
      settlement: { by: 'park', outcome: 'refused', reason: 'sse-c', findingId: finding().id },
      alert: 'sent',
    });
    expect(world.records()['refused']).toMatchObject({ reason: 'sse-c', copy_made_now: null });
  });

  it('parks and alerts about what cannot be read, which has no record for want of an id', async () => {
    const world = createFakeWorld();

    const handled = await handle(world, { body: 'secret: not JSON' });

    expect(handled).toMatchObject({
      outcome: { name: 'rejected', reason: 'not-json' },
      settlement: { by: 'park', outcome: 'rejected', reason: 'not-json' },
      alert: 'sent',
      recorded: false,
    });
    expect(handled.settlement).not.toHaveProperty('findingId');
    expect(JSON.stringify([handled, world.alerts])).not.toContain('secret');
    expect(world.keys('')).toEqual([]);
  });

  it('records what is rejected where it has an id', async () => {
    const world = createFakeWorld();

    expect(await handle(world, body({}, { eTag: '*' }))).toMatchObject({
      outcome: { name: 'rejected', reason: 'no-identity' },
      settlement: { by: 'park', reason: 'no-identity', findingId: finding().id },
      recorded: true,
    });
    expect(world.records()['rejected']).toMatchObject({
      reason: 'no-identity',
      finding_type: macieDetail()['type'],
    });
  });

  it('keeps columns, paths and the body out of record and alerts', async () => {
    const world = worldWithObject();

    await handle(world);

    expect(JSON.stringify([world.records(), world.alerts])).not.toMatch(
      /secret-column|secret-path|canonical/,
    );
  });
});

describe('calls at S3', () => {
  const callsAtS3 = ({ log }: FakeWorld) => log.names.filter((name) => name !== 'alerts.publish').length;

  it('are at most four for an object of an unversioned bucket', async () => {
    const world = worldWithObject();

    await handle(world);

    expect(callsAtS3(world)).toBeLessThanOrEqual(4);
  });

  it('are at most six for one of a versioned bucket without identical versions', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    const about = finding({ object: flaggedObject({ versionId }) });

    const handled = await handleFinding(messageAbout(about), world.ports, handleSettings());

    expect(handled.outcome.name).toBe('isolated');
    expect(callsAtS3(world)).toBeLessThanOrEqual(6);
  });
});

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
    ['retained', {}, {}, (world) => void (world.source.refuseDeleteCurrent = 'delete-denied')],
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
    expect(world.keys('')).toEqual(written);
  });

  it('on another day and with another message finds the record of its finding', async () => {
    const world = worldWithObject();
    await handle(world, {}, decided('alert'));

    const later = { id: 'other', sentAt: new Date('2026-12-24T00:00:00Z') };

    expect(await handle(world, later, decided('alert'))).toMatchObject({ alert: 'none', recorded: false });
  });

  it('finishes what was begun though the policy says otherwise by now', async () => {
    for (const action of ['alert', 'ignore'] as const) {
      const world = worldWithObject();
      world.log.on({ at: 'source.deleteCurrent', nth: 1, before: fail('SlowDown') });
      await expect(handle(world)).rejects.toThrow();

      expect(await handle(world, { receiveCount: 2 }, decided(action))).toMatchObject({
        outcome: { name: 'isolated' },
      });
      expect(world.source.entries(object)).toEqual([]);
    }
  });

  it('does as the policy says where nothing was begun, or another finding began it', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'source.deleteCurrent', nth: 1, before: fail('SlowDown') });
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

    expect(world.log.names).toEqual(['isolation.head', 'alerts.publish', 'isolation.put']);
  });

  it('finishes nothing in dry-run', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'source.deleteCurrent', nth: 1, before: fail('SlowDown') });
    await expect(handle(world)).rejects.toThrow();

    const handled = await handle(world, { receiveCount: 2 }, { mode: 'dry-run' });

    expect(handled.outcome).toEqual({ name: 'dry_run' });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(world.records()['dry_run']).toMatchObject({ isolation_key: isolationKey(object, 0) });
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

describe('a failed alert', () => {
  it.each([1, 5])(
    'sends the message round again at receive %i, and the end is as if it had gone well',
    async (receiveCount) => {
      const world = worldWithObject();
      world.log.on({ at: 'alerts.publish', nth: 1, before: fail('Throttling') });

      await expect(handle(world, { receiveCount })).rejects.toMatchObject({ code: 'AlertFailed' });
      expect(world.records()).toEqual({});
      expect(world.alertResults).toEqual(['failed']);

      expect(await handle(world, { receiveCount: receiveCount + 1 })).toMatchObject({
        outcome: { name: 'isolated' },
        alert: 'sent',
        recorded: true,
      });
    },
  );

  it('is recorded as failed from receive 6 on, and holds nothing up', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'alerts.publish', before: fail('Throttling') });

    expect(await handle(world, { receiveCount: 6 })).toMatchObject({
      outcome: { name: 'isolated' },
      settlement: { by: 'delete' },
      alert: 'failed',
      recorded: true,
    });
    expect(world.records()['isolated']).toMatchObject({ alert_result: 'failed' });
  });

  it('is none where no topic is set', async () => {
    const world = worldWithObject();
    const ports = { ...world.ports, alerts: { publish: async () => 'none' as const } };

    expect(await handleFinding(message(), ports, handleSettings())).toMatchObject({
      alert: 'none',
      recorded: true,
    });
    expect(world.records()['isolated']).toMatchObject({ alert_result: 'none' });
  });
});

describe('what keeps failing', () => {
  it('is thrown up to the receive count before the last', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'isolation.copy', before: fail('SlowDown') });

    await expect(handle(world, { receiveCount: 19 })).rejects.toMatchObject({ code: 'SlowDown' });
    expect(world.records()).toEqual({});
    expect(world.alerts).toEqual([]);
  });

  it("is parked as refused, with the error's name, where there is no copy", async () => {
    const world = worldWithObject();
    world.log.on({ at: 'isolation.copy', before: fail('SlowDown') });

    expect(await handle(world, { receiveCount: 20 })).toMatchObject({
      outcome: { name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' },
      settlement: { by: 'park', outcome: 'refused', reason: 'SlowDown', findingId: finding().id },
      alert: 'sent',
      recorded: true,
    });
    expect(world.records()['refused']).toMatchObject({ reason: 'SlowDown' });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it('is parked as retained where a verified copy is there', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'source.deleteCurrent', before: fail('InternalError') });

    expect(await handle(world, { receiveCount: 20 })).toMatchObject({
      outcome: { name: 'retained', reason: 'retries-exhausted', lastError: 'InternalError' },
      settlement: { by: 'park', outcome: 'retained', reason: 'InternalError' },
    });
    expect(world.records()['retained']).toMatchObject({ isolation_key: isolationKey(object, 0) });
  });

  it('is parked as refused where what lies at the isolation key does not verify', async () => {
    const world = worldWithObject();
    world.isolation.place(isolationKey(object, 0), 'something else');
    world.log.on({ at: 'source.head', before: fail('SlowDown') });

    expect(await handle(world, { receiveCount: 20 })).toMatchObject({ outcome: { name: 'refused' } });
  });

  it('is parked with its reason though the isolation bucket cannot even be asked', async () => {
    const world = worldWithObject();
    for (const at of ['isolation.copy', 'isolation.head', 'isolation.put'])
      world.log.on({ at, before: fail('AccessDenied') });

    const handled = await handle(world, { receiveCount: 20 });

    expect(handled).toMatchObject({
      outcome: { name: 'refused', reason: 'retries-exhausted' },
      settlement: { by: 'park', reason: 'AccessDenied', findingId: finding().id },
      recorded: false,
    });
  });

  it('is told apart from an error of our own by its name alone, never by its message', async () => {
    const world = worldWithObject();
    world.log.on({
      at: 'source.head',
      before: () => {
        throw new TypeError('secret');
      },
    });

    const handled = await handle(world, { receiveCount: 20 });

    expect(handled.settlement).toMatchObject({ reason: 'TypeError' });
    expect(JSON.stringify([handled, world.alerts, world.records()])).not.toContain('secret');
  });

  it('throws again where the record cannot be written, and then finds everything done', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'isolation.put', nth: 1, before: fail('SlowDown') });

    await expect(handle(world)).rejects.toMatchObject({ code: 'SlowDown' });
    expect(await handle(world, { receiveCount: 2 })).toMatchObject({
      outcome: { name: 'isolated' },
      recorded: true,
    });
    expect(world.source.entries(object)).toEqual([]);
  });

  it('refuses at once, without trying again, what a port refuses', async () => {
    const world = worldWithObject();
    world.log.on({
      at: 'source.head',
      before: () => {
        throw new RefusedError('no-such-bucket', 'gone');
      },
    });

    expect(await handle(world)).toMatchObject({ outcome: { name: 'refused', reason: 'no-such-bucket' } });
  });
});
