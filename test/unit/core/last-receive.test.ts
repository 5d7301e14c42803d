import { describe, expect, it } from 'vitest';
import { HandedBackError, RefusedError, RetryableError } from '../../../src/core/errors.ts';
import { isolationKey } from '../../../src/core/evidence/keys.ts';
import { handleFinding } from '../../../src/core/handle-finding.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message, messageAbout } from '../../support/findings.ts';
import { decided, fail, handle, worldWithObject } from '../../support/handling.ts';

const object = flaggedObject();

const sameSize = flaggedBytes.replaceAll('1', '2');

describe('a failed alert', () => {
  it.each([1, 5])(
    'sends the message round again at receive %i, and the end is as if it had gone well',
    async (receiveCount) => {
      const world = worldWithObject();
      world.log.on({ at: 'alerts.publish', nth: 1, before: fail('Throttling') });

      await expect(handle(world, { receiveCount })).rejects.toMatchObject({
        code: 'AlertFailed',
        message: 'the alert could not be sent',
        cause: { code: 'Throttling' },
      });
      expect(world.records()).toEqual({});
      expect(world.alertResults).toEqual(['try-failed']);

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
    expect(world.alertResults).toEqual(['try-failed', 'failed']);
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

  it('is recorded as failed at the last receive, also where that is one of the first five', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'alerts.publish', before: fail('SlowDown') });

    const handled = await handleFinding(
      message({ receiveCount: 3 }),
      world.ports,
      handleSettings({ parkAfterReceives: 3 }),
    );

    expect(handled).toMatchObject({
      outcome: { name: 'isolated' },
      settlement: { by: 'delete' },
      recorded: true,
    });
    expect(world.records()['isolated']).toMatchObject({ alert_result: 'failed' });
  });

  it('costs no evidence: the repetition still records what was removed and names what was not compared', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, sameSize, { checksum: undefined });
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'alerts.publish', nth: 1, before: fail('SlowDown') });
    await expect(handleFinding(message(), world.ports, handleSettings())).rejects.toThrow();

    await handleFinding(message({ receiveCount: 2 }), world.ports, handleSettings());

    expect(world.records()['isolated']).toMatchObject({
      remaining_versions: ['v1'],
      uncompared_versions: ['v1'],
      delete_marker_version_id: 'v3',
    });
  });

  it('is not said of an alert that was sent, where only the record failed at the last receive', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'isolation.put', before: fail('SlowDown') });

    const handled = await handleFinding(message({ receiveCount: 20 }), world.ports, handleSettings());

    expect(handled).toMatchObject({ recorded: false, alert: 'sent' });
  });
});

describe('a fence that fails at the last receive, also where that is one of the first five', () => {
  const last = { parkAfterReceives: 3 };
  const throttled = (world: FakeWorld) => {
    world.log.on({ at: 'tags.replace', before: fail('SlowDown') });
    return world;
  };

  it('does not hide why the object stays', async () => {
    const world = throttled(createFakeWorld());
    world.source.upload(object, flaggedBytes, { lock: 'locked' });

    expect(await handle(world, { receiveCount: 3 }, { ...last, fence: 'kept' })).toMatchObject({
      outcome: { name: 'retained', reason: 'locked' },
      isolation: { fence: { fence: 'open' } },
    });
  });

  it('does not hide why the object stays where it is the budget that cannot be asked', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes, { lock: 'locked' });
    let asked = 0;
    const budget = {
      async take() {
        asked++;
        if (asked === 2) throw new RetryableError('SlowDown', 'later');
        return { giveBack: () => undefined };
      },
    };

    const handled = handle(
      { ...world, ports: { ...world.ports, budget } },
      { receiveCount: 6 },
      { fence: 'kept' },
    );

    expect(await handled).toMatchObject({
      outcome: { name: 'retained', reason: 'locked' },
      isolation: { fence: { fence: 'open' } },
    });
  });

  it('does not make a refusal of what a limit holds', async () => {
    const world = throttled(worldWithObject());
    const limited = { ...world, ports: { ...world.ports, limits: { take: async () => undefined } } };
    const decide = () => ({ action: 'isolate', rule: 'few', limitPerHour: 1 }) as const;

    expect(await handle(limited, { receiveCount: 3 }, { ...last, fence: 'kept', decide })).toMatchObject({
      outcome: { name: 'held', reason: 'rule-limit' },
      settlement: { by: 'delete' },
      isolation: { fence: { fence: 'open' } },
    });
  });

  it('does not make a refusal of what the policy fences', async () => {
    const world = throttled(worldWithObject());

    expect(await handle(world, { receiveCount: 3 }, { ...last, ...decided('fence') })).toMatchObject({
      outcome: { name: 'alerted' },
      settlement: { by: 'delete' },
      isolation: { fence: { fence: 'open' } },
    });
    expect(world.fences).toEqual(['may be left', 'open']);
  });
});

describe('a message that keeps failing', () => {
  it('throws its error until the receive count before the last', async () => {
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

  it('is not what is handed back: a copy that a shutdown interrupts at the last receive is thrown, and nobody told', async () => {
    const world = worldWithObject();
    world.log.on({
      at: 'isolation.copy',
      before: () => {
        throw new HandedBackError();
      },
    });

    await expect(handle(world, { receiveCount: 20 })).rejects.toBeInstanceOf(HandedBackError);
    expect([world.alerts, world.records()]).toEqual([[], {}]);
  });

  it('is parked as retained if a verified copy exists', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'source.plainDelete', before: fail('InternalError') });

    expect(await handle(world, { receiveCount: 20 })).toMatchObject({
      outcome: { name: 'retained', reason: 'retries-exhausted', lastError: 'InternalError' },
      settlement: { by: 'park', outcome: 'retained', reason: 'InternalError' },
    });
    expect(world.records()['retained']).toMatchObject({ isolation_key: isolationKey(object, 0) });
  });

  it('says nothing of versions of an object that has none', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'source.plainDelete', before: fail('InternalError') });

    expect((await handle(world, { receiveCount: 20 })).isolation).not.toHaveProperty('removal');
  });

  it('is parked as retained, with nothing said of versions, where they cannot be listed', async () => {
    const world = worldWithObject('enabled');
    world.log.on({ at: 'source.listVersions', before: fail('SlowDown') });

    const { isolation } = await handle(world, { receiveCount: 20 });

    expect(isolation).toMatchObject({ outcome: { name: 'retained', lastError: 'SlowDown' } });
    expect(isolation).not.toHaveProperty('removal');
  });

  it('names the marker that hides what could not be removed', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    world.log.on({ at: 'source.deleteVersion', before: fail('SlowDown') });
    const about = finding({ object: flaggedObject({ versionId }) });

    const handled = await handleFinding(
      messageAbout(about, { receiveCount: 20 }),
      world.ports,
      handleSettings(),
    );

    expect(handled.isolation?.outcome).toMatchObject({ name: 'retained', lastError: 'SlowDown' });
    expect(handled.isolation?.removal).toStrictEqual({
      kind: 'retained',
      reason: 'retries-exhausted',
      removedVersions: [],
      remainingVersions: ['v2', 'v1'],
      uncomparedVersions: [],
      markerVersionId: 'v3',
    });
    expect(world.alerts[0]?.email).toContain('hidden by delete marker: v3');
  });

  it('names the marker also where the isolation bucket cannot be asked', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    const about = finding({ object: flaggedObject({ versionId }) });
    world.log.on({ at: 'source.deleteVersion', before: fail('SlowDown') });
    const handling = (receiveCount: number) =>
      handleFinding(messageAbout(about, { receiveCount }), world.ports, handleSettings());

    await expect(handling(1)).rejects.toMatchObject({ code: 'SlowDown' });
    world.log.on({ at: 'isolation.head', before: fail('AccessDenied') });

    const { isolation } = await handling(20);
    expect(isolation?.outcome).toMatchObject({ name: 'refused', lastError: 'AccessDenied' });
    expect(isolation?.removal?.markerVersionId).toBe('v3');
    expect(world.alerts[0]?.email).toContain('hidden by delete marker: v3');
  });

  it('is parked as refused where what lies at the isolation key does not verify', async () => {
    const world = worldWithObject();
    world.isolation.place(isolationKey(object, 0), 'something else');
    world.log.on({ at: 'source.head', before: fail('SlowDown') });

    expect(await handle(world, { receiveCount: 20 })).toMatchObject({ outcome: { name: 'refused' } });
  });

  it('is parked with its reason though the isolation bucket cannot even be asked', async () => {
    const world = worldWithObject();
    for (const at of ['isolation.copy', 'isolation.head', 'isolation.get', 'isolation.put'])
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

  it('sends no alert while the record of an earlier alert cannot be looked for', async () => {
    const world = worldWithObject();
    world.log.on({ at: 'isolation.get', before: fail('SlowDown') });
    const decide = () => ({ action: 'alert', rule: 'r' }) as const;

    await expect(handle(world, {}, { decide })).rejects.toMatchObject({ code: 'SlowDown' });
    expect(world.alerts).toEqual([]);
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

  it('is parked with its reason also where it is the policy that throws', async () => {
    const world = createFakeWorld();
    const decide = () => {
      throw new TypeError('a fault of ours');
    };
    const about = messageAbout(finding(), { receiveCount: 20 });

    const handled = await handleFinding(about, world.ports, handleSettings({ decide }));

    expect(handled.settlement).toMatchObject({ by: 'park', reason: 'TypeError' });
  });

  it('is told to people also where the isolation bucket cannot be asked for the record', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    for (const at of ['isolation.copy', 'isolation.head', 'isolation.get', 'isolation.put'])
      world.log.on({ at, before: fail('SlowDown') });

    const handled = await handleFinding(message({ receiveCount: 20 }), world.ports, handleSettings());

    expect(handled).toMatchObject({ settlement: { by: 'park' }, alert: 'sent', recorded: false });
  });
});
