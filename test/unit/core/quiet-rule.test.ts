import { describe, expect, it } from 'vitest';
import type { IsolationResult } from '../../../src/core/isolation.ts';
import { alertIsDue, type Outcome } from '../../../src/core/outcome.ts';
import type { Action, Decision } from '../../../src/core/policy/policy.ts';
import { publishAlert } from '../../../src/core/tell/publish-alert.ts';
import { everyOutcome } from '../../support/every-outcome.ts';
import { createFakeWorld, type FakeWorld } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message } from '../../support/findings.ts';
import { body, handle, worldWithObject } from '../../support/handling.ts';

const object = flaggedObject();
const quietly = (action: Action, more: Partial<Decision> = {}) => ({
  decide: () => ({ action, rule: 'quiet', quiet: true, ...more }),
});
const tell = (
  { ports }: FakeWorld,
  outcome: Outcome,
  isolation: Partial<IsolationResult>,
  action: Action = 'isolate',
) =>
  publishAlert(
    {
      outcome,
      finding: finding(),
      decision: { action, rule: 'quiet', quiet: true },
      isolation: { outcome, ...isolation },
      isolationBucket: 'isolation',
      messageId: 'm1',
    },
    message(),
    ports,
    false,
  );
const rehearsal = (expected: Outcome, uncomparedVersions: readonly string[] = []) => ({
  rehearsal: { expected, wouldRemove: [], uncomparedVersions, read: {} },
});
const fence = (
  state: 'fenced' | 'tagged' | 'open' | 'no-room',
  unfencedVersions: readonly string[] = [],
) => ({
  fence: { fence: state, at: new Date(0), unfencedVersions },
});

describe('a quiet rule', () => {
  it.each(['isolate', 'alert'] as const)('tells nobody where nobody is needed: %s', async (action) => {
    const world = worldWithObject();
    expect(await handle(world, {}, quietly(action))).toMatchObject({ alert: 'none', recorded: true });
    expect(world.alerts).toEqual([]);
  });

  it('tells nobody of a dry run that would isolate', async () => {
    const handled = await handle(worldWithObject(), {}, quietly('isolate', { dryRun: true }));
    expect(handled).toMatchObject({ outcome: { name: 'dry_run' }, alert: 'none' });
  });

  it('tells people of an isolation that left a replica', async () => {
    const world = createFakeWorld('never');
    world.source.upload(object, flaggedBytes, { replicationStatus: 'COMPLETED' });

    const handled = await handle(world, {}, quietly('isolate'));

    expect(handled).toMatchObject({ outcome: { name: 'isolated' }, alert: 'sent' });
    expect(world.alerts[0]?.email).toContain('STILL READABLE');
  });

  it('tells people of an isolation that left versions which nothing compared', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { eTag: 'f'.repeat(32), checksum: undefined, md5: undefined });
    const versionId = world.source.upload(object, flaggedBytes);

    const handled = await handle(world, body({}, { versionId }), quietly('isolate'));

    expect(handled).toMatchObject({ outcome: { name: 'isolated' }, alert: 'sent' });
  });

  it('tells people of an object that could not be fenced', async () => {
    const world = worldWithObject();
    world.source.refusesTags = true;

    const handled = await handle(world, {}, quietly('fence'));

    expect(handled).toMatchObject({ isolation: { fence: { fence: 'open' } }, alert: 'sent' });
  });

  it('tells people of an object that may not be fenced, because its region is not allowed', async () => {
    const world = worldWithObject();

    const handled = await handle(world, {}, { ...quietly('fence'), allowedSourceRegions: ['eu-central-1'] });

    expect(handled).toMatchObject({ outcome: { name: 'alerted' }, alert: 'sent' });
    expect(world.alerts[0]?.email).toContain('its region is not allowed, so NOTHING was fenced');
    expect(world.alerts[0]?.email).not.toContain('The policy leaves this object');
    expect(world.records()['alerted']).toMatchObject({
      policy_action: 'fence',
      fence: null,
      could_read_object: false,
    });
  });

  it.each([
    ['open', fence('open'), 'sent'],
    ['no room for the tag', fence('no-room'), 'sent'],
    ['other versions with the same data', fence('fenced', ['v0']), 'sent'],
    ['a replica', { ...fence('tagged'), source: { sizeBytes: 1, replicationStatus: 'COMPLETED' } }, 'sent'],
    ['not proved', fence('tagged'), 'none'],
    ['proved', fence('fenced'), 'none'],
    ['proved, and nobody could look for replicas', { ...fence('fenced'), unseen: true as const }, 'sent'],
  ])('tells people of a fence that leaves the data open: %s', async (_, isolation, told) => {
    expect(await tell(createFakeWorld(), { name: 'alerted' }, isolation, 'fence')).toBe(told);
  });

  it('tells people of a delete marker that hides an object which stays', async () => {
    const removal = {
      kind: 'untouched',
      removedVersions: [],
      remainingVersions: ['v1'],
      uncomparedVersions: [],
      markerVersionId: 'm1',
    } as const;
    expect(await tell(createFakeWorld(), { name: 'alerted' }, { removal })).toBe('sent');
    expect(await tell(createFakeWorld(), { name: 'isolated' }, { removal })).toBe('none');
  });

  it('tells people of a dry run that would not isolate', async () => {
    const world = createFakeWorld('never');
    world.source.upload(object, flaggedBytes, { storageClass: 'GLACIER' });

    const handled = await handle(world, {}, quietly('isolate', { dryRun: true }));

    expect(handled).toMatchObject({ outcome: { name: 'dry_run' }, alert: 'sent' });
    expect(world.alerts[0]?.subject).toContain('would end as refused');
  });

  it.each(everyOutcome)(
    'is as quiet about a dry run as about what it expects: $name $reason',
    async (expected) => {
      const told = await tell(createFakeWorld(), { name: 'dry_run' }, rehearsal(expected));
      expect(told).toBe(alertIsDue(expected, true) ? 'sent' : 'none');
    },
  );

  it('tells people of a dry run whose isolation would leave data behind', async () => {
    const world = createFakeWorld();
    expect(await tell(world, { name: 'dry_run' }, rehearsal({ name: 'isolated' }, ['v0']))).toBe('sent');
  });
});
