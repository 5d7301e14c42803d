import { describe, expect, it } from 'vitest';
import { isolationKey } from '../../../src/core/evidence/keys.ts';
import { handleFinding } from '../../../src/core/handle-finding.ts';
import type { Message } from '../../../src/core/message.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import {
  finding,
  flaggedBytes,
  flaggedObject,
  macieDetail,
  message,
  messageAbout,
} from '../../support/findings.ts';
import { body, decided, handle, worldWithObject } from '../../support/handling.ts';

const object = flaggedObject();

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
    expect(world.log.names).toStrictEqual([
      'source.head',
      'isolation.copy',
      'source.plainDelete',
      'alerts.publish',
      'isolation.put',
    ]);
    expect(world.records()['isolated']).toMatchObject({
      alert_result: 'sent',
      copy_made_now: true,
      receive_count: 1,
    });
    expect(world.alerts[0]?.attributes.outcome).toBe('isolated');
    expect(world.alertResults).toStrictEqual(['sent']);
    expect(world.steps).toStrictEqual(['identify', 'verify', 'copy', 'verify', 'delete', 'alert', 'record']);
  });

  it.each<[string, Partial<Message>, string | undefined]>([
    ['a finding', {}, finding().id],
    ['what is ignored', body({ sample: true }), finding().id],
    ['what is rejected', body({}, { eTag: null }), finding().id],
    ['what has no id', { body: 'not JSON' }, undefined],
  ])('tells of %s which finding it is, once it was read', async (_, about, id) => {
    const world = worldWithObject();
    const read: (readonly [Message, string])[] = [];
    const observer = {
      ...world.ports.observer,
      messageRead: (about: Message, findingId: string) => void read.push([about, findingId]),
    };

    await handleFinding(message(about), { ...world.ports, observer }, handleSettings());

    expect(read).toStrictEqual(id === undefined ? [] : [[message(about), id]]);
  });

  it('alerts only, where the policy says so', async () => {
    const world = worldWithObject();

    expect(await handle(world, {}, decided('alert'))).toMatchObject({
      outcome: { name: 'alerted' },
      settlement: { by: 'delete' },
      alert: 'sent',
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(world.keys('objects/')).toStrictEqual([]);
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
    expect(world.alerts).toStrictEqual([]);
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
    expect(world.alerts).toStrictEqual([]);
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

      expect(handled.outcome).toStrictEqual({ name: 'ignored', reason: 'isolation-bucket' });
      expect(world.source.read(inside.object)?.bytes).toBe(flaggedBytes);
      expect(world.log.names.filter((name) => name.startsWith('source.'))).toStrictEqual([]);
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
    expect(world.keys('objects')).toStrictEqual([]);
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
    world.source.refusePlainDelete = 'delete-denied';

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
    expect(world.keys('')).toStrictEqual([]);
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
  // That a bucket has no MFA delete is asked once in ten minutes.
  const notCounted = new Set(['alerts.publish', 'source.needsMfa']);
  const callsAtS3 = ({ log }: FakeWorld) => log.names.filter((name) => !notCounted.has(name)).length;

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
