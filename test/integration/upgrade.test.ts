import { afterEach, describe, expect, it } from 'vitest';
import { startFormerWorker } from '../support/former-worker.ts';
import type { LogLines } from '../support/log-lines.ts';
import { formerTemplateFolder } from '../support/rendered-template.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

const secret = 'name,ssn\nJane Doe,536-48-2719\n';
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function open(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld(options);
  ends.push(() => world.close());
  return world;
}

/** The worker of 0.1.0 with the settings that the data plane of this world gives. */
async function former({ aws }: World): Promise<LogLines> {
  const {
    errors,
    exited,
    log,
    process: child,
  } = startFormerWorker({
    ...aws.workerEnvironment,
    // Its stop aborts a receive, and what that receive would have brought stays invisible for this time.
    VISIBILITY_TIMEOUT_SECONDS: '5',
  });
  ends.push(async () => {
    child.kill('SIGTERM');
    expect([await exited, errors()]).toEqual([[0, null], '']);
  });
  await log.until('started', { version: '0.1.0' });
  return log;
}

async function flag(world: World) {
  const object = await world.upload(world.bucket('enabled'), 'hr/pay.csv', secret);
  const finding = world.finding(object);
  await world.put(finding);
  return { finding, object };
}

function isIsolated(world: World, { finding, object }: Awaited<ReturnType<typeof flag>>, by: string): void {
  const record = world.record(finding.id, 'isolated');
  expect(record).toMatchObject({ bucket: object.bucket, key: object.key, service_version: by });
  expect(world.text(world.isolationBucket, record?.isolation_key ?? '')).toBe(secret);
  expect(world.versions(object.bucket, object.key)).toEqual([]);
}

describe('an upgrade from 0.1.0', () => {
  it('passes a state in which the worker of 0.1.0 isolates on the present data plane', async () => {
    const world = await open({ stopped: true });
    const log = await former(world);

    const flagged = await flag(world);
    await log.until('finding_handled', { findingId: flagged.finding.id, outcome: 'isolated' });

    isIsolated(world, flagged, '0.1.0');
    expect(await world.alerts()).toMatchObject([{ findingId: flagged.finding.id }]);
  });

  it('passes a state in which the present worker isolates on the data plane of 0.1.0', async () => {
    const world = await open({ template: `${formerTemplateFolder}data-plane.yaml` });

    const flagged = await flag(world);
    await world.untilSettled(flagged.finding.id);

    isIsolated(world, flagged, expect.any(String) as string);
    expect(await world.alerts()).toMatchObject([{ findingId: flagged.finding.id }]);
  });

  it('keeps the evidence readable: what either worker has isolated, the other one calls already isolated', async () => {
    const world = await open({ stopped: true });
    const log = await former(world);
    const first = await flag(world);
    await log.until('finding_handled', { findingId: first.finding.id });
    await ends.pop()?.();
    await world.worker.start();

    const again = world.finding(first.object);
    await world.put(again);
    await world.untilSettled(again.id);
    expect(world.record(again.id, 'already_isolated')).toBeDefined();
    const second = await flag(world);
    await world.untilSettled(second.finding.id);
    await world.worker.stop('the worker of 0.1.0 comes back');
    const back = await former(world);
    const once = world.finding(second.object);
    await world.put(once);
    await back.until('finding_handled', { findingId: once.id, outcome: 'already_isolated' });

    expect(world.record(once.id, 'already_isolated')).toMatchObject({ service_version: '0.1.0' });
    expect(await world.parked()).toEqual([]);
  });

  it('lets both work at one queue, and each finding is isolated once', async () => {
    const world = await open();
    const log = await former(world);

    const flagged = [];
    for (let index = 0; index < 20; index += 1) flagged.push(await flag(world));
    await Promise.all(
      flagged.map(({ finding: { id: findingId } }) =>
        Promise.race([world.untilSettled(findingId), log.until('finding_handled', { findingId })]),
      ),
    );

    for (const each of flagged) isIsolated(world, each, expect.any(String) as string);
    expect((await world.alerts()).map(({ findingId }) => findingId).sort()).toEqual(
      flagged.map(({ finding }) => finding.id).sort(),
    );
  });
});
