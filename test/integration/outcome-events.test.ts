import { afterEach, describe, expect, it } from 'vitest';
import { outcomes } from '../../src/core/outcome.ts';
import { outcomeEventSchema } from '../../src/core/outcome-event.ts';
import { inTheMiddleOfAnHour } from '../support/middle-of-hour.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

const secret = 'name,ssn\nJane Doe,078-05-1120\n';
let world: World;

/** A worker that sends its outcomes to the bus of the stand-in. */
async function open({ env, ...options }: WorldOptions = {}): Promise<World> {
  const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/outcomes';
  world = await startWorld({ ...options, env: { OUTCOME_BUS_ARN: bus, ...env } });
  return world;
}
afterEach(() => world.close());

const eventsOf = (findingId: string) =>
  world.aws.events.accepted.filter(({ detail }) => detail['finding_id'] === findingId);
const idsOf = (findingId: string) => eventsOf(findingId).map(({ detail }) => detail['id']);
const recordKeyOf = (findingId: string, outcome: string) =>
  world.recordKeys().find((key) => key.endsWith(`/${findingId}.${outcome}.json`));

async function put(body = secret, overrides: Record<string, unknown> = {}) {
  const object = await world.upload(world.bucket(), 'a.csv', body);
  const finding = world.finding(object, overrides);
  await world.put(finding);
  return { object, finding };
}

describe('an outcome on the bus', () => {
  it('is an event as docs/events.md has it, with the key of its record as id', async () => {
    await open();
    const { finding, object } = await put();
    await world.untilSettled(finding.id);

    const [event] = eventsOf(finding.id);
    expect(eventsOf(finding.id)).toHaveLength(1);
    expect(event).toMatchObject({
      source: 'macie-isolator',
      detailType: 'Object Isolated',
      detail: {
        version: '1',
        id: recordKeyOf(finding.id, 'isolated'),
        outcome: 'isolated',
        readable: 'no',
        severity: 'High',
        bucket: object.bucket,
        key: 'a.csv',
        isolation_bucket: world.isolationBucket,
        isolation_key: world.copies()[0],
        alert_result: 'sent',
      },
    });
    expect(outcomeEventSchema.strict().safeParse(event?.detail).error).toBeUndefined();
    expect(event?.time.toISOString()).toBe(event?.detail['recorded_at']);
  });

  it('holds nothing that was in the object or in the body of the message beyond kinds and counts', async () => {
    await open();
    const { finding } = await put(secret, { title: 'title of 078-05-1120' });
    await world.untilSettled(finding.id);

    const text = JSON.stringify(world.aws.events.accepted);
    expect(text).not.toContain('078-05-1120');
    expect(text).not.toContain('occurrences');
  });

  it('of a message without a finding id has the id of the message', async () => {
    await open();
    const messageId = await world.send('no finding');
    await world.log.until('message_settled', { messageId, how: 'park' });

    expect(world.aws.events.accepted).toMatchObject([
      {
        detailType: 'Finding Rejected',
        detail: { id: `messages/${messageId}`, outcome: 'rejected', reason: 'not-json', finding_id: null },
      },
    ]);
  });

  it('of a parked message is sent before the message is parked', async () => {
    await open();
    const object = await world.upload(world.bucket(), 'a.csv', secret, { StorageClass: 'GLACIER' });
    const finding = world.finding(object);
    world.aws.events.fail({ at: 'entry', code: 'InternalFailure' });
    await world.put(finding);
    await world.log.until('handling_failed', { findingId: finding.id, attempt: 2 });

    expect(await world.parked()).toEqual([]);

    world.aws.events.fail(undefined);
    await world.untilSettled(finding.id);
    expect(await world.parked()).toHaveLength(1);
    expect(eventsOf(finding.id)[0]).toMatchObject({ detailType: outcomes.refused.detailType });
  });
});

describe('an event that cannot be sent', () => {
  it.each([
    ['that the bus refuses in a 200', { at: 'entry', code: 'InternalFailure' }],
    ['that is denied', { at: 'call', code: 'AccessDeniedException' }],
    ['while the bus is away', { at: 'call', code: 'ServiceUnavailable' }],
  ] as const)('%s comes again with its message, and undoes nothing', async (_, fault) => {
    await open();
    world.aws.events.fail(fault);
    const { finding, object } = await put();
    expect(await world.log.until('handling_failed', { findingId: finding.id, attempt: 2 })).toMatchObject({
      code: 'OutcomeEventFailed',
      step: 'event',
      isolated: 'yes',
    });
    // The object is isolated, recorded and told, once.
    expect(world.text(object.bucket, 'a.csv')).toBeUndefined();
    expect(world.record(finding.id, 'isolated')).toMatchObject({ alert_result: 'sent' });
    expect(await world.waiting()).toBe(1);

    world.aws.events.fail(undefined);
    await world.log.until('message_settled', { findingId: finding.id, how: 'delete' });

    // The event of the record that the first delivery wrote is not lost, although this one ends otherwise.
    expect(idsOf(finding.id)).toContain(recordKeyOf(finding.id, 'isolated'));
    expect(await world.alerts()).toHaveLength(1);
    const metrics = await world.worker.metrics();
    expect(metrics).toMatch(/isolator_isolations_total\{outcome="isolated",reason=""\} 1\n/);
    expect(metrics).toMatch(/isolator_outcome_events_total\{result="try-failed"\} [2-9]\n/);
  });

  it('counts a held finding once, however often its message comes again', async () => {
    const few = { name: 'few', when: { bucket: '*' }, action: 'isolate', limit: '1/hour' };
    await open({
      s3: { now: inTheMiddleOfAnHour() },
      env: { POLICY: JSON.stringify({ version: 1, rules: [few], default: 'alert' }) },
    });
    const first = await put();
    await world.untilSettled(first.finding.id);
    world.aws.events.fail({ at: 'entry', code: 'InternalFailure' });
    const { finding } = await put();
    await world.log.until('handling_failed', { findingId: finding.id, attempt: 3 });
    world.aws.events.fail(undefined);
    await world.log.until('message_settled', { findingId: finding.id, how: 'delete' });

    const metrics = await world.worker.metrics();
    expect(metrics).toMatch(/isolator_isolations_total\{outcome="held",reason="rule-limit"\} 1\n/);
    expect(metrics).toMatch(/isolator_findings_held\{why="rule-limit"\} 1\n/);
    expect(metrics).toMatch(/isolator_findings_held_total\{why="rule-limit"\} 1\n/);
  });

  it('at the last receive leaves its message in the dead-letter queue, from where it is sent', async () => {
    await open({ env: { PARK_AFTER_RECEIVES: '2' } });
    world.aws.events.fail({ at: 'entry', code: 'InternalFailure' });
    const { finding } = await put();
    await world.log.until('message_settled', { findingId: finding.id, how: 'park' });

    const [parked] = await world.parked();
    expect(parked).toMatchObject({ reason: 'OutcomeEventFailed', findingId: finding.id });
    expect(await world.worker.metrics()).toMatch(/isolator_outcome_events_total\{result="failed"\} 1\n/);

    world.aws.events.fail(undefined);
    const messageId = await world.send(parked?.body ?? '');
    await world.log.until('message_settled', { messageId, how: 'delete' });
    expect(idsOf(finding.id)).toContain(recordKeyOf(finding.id, 'isolated'));
  });
});

describe('without OUTCOME_BUS_ARN', () => {
  it('no event is sent, and no call is made for events', async () => {
    world = await startWorld();
    const { finding } = await put();
    await world.untilSettled(finding.id);

    expect(world.aws.events.accepted).toEqual([]);
    expect(await world.worker.metrics()).toMatch(
      /isolator_aws_request_duration_seconds_count\{service="eventbridge",operation="PutEvents"\} 0\n/,
    );
  });
});
