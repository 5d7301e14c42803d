import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../src/core/errors.ts';
import { releaseKey, requestKey } from '../../../src/core/evidence/keys.ts';
import { formatRequest, type IsolationRequest, requestIdOf } from '../../../src/core/evidence/requests.ts';
import { type HandleSettings, handleFinding } from '../../../src/core/handle-finding.ts';
import type { Message } from '../../../src/core/message.ts';
import { requestBody } from '../../../src/core/parse/parse-request.ts';
import { compilePolicy } from '../../../src/core/policy/policy.ts';
import type { PolicyDocument } from '../../../src/core/policy/schema.ts';
import { createFakeWorld, handleSettings } from '../../support/fake-ports.ts';
import {
  envelope,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  macieDetail,
  message,
} from '../../support/findings.ts';

const { versionId: _, ...unversioned } = flaggedObject();
const object = { ...unversioned, eTag: flaggedETag, sizeBytes: Buffer.byteLength(flaggedBytes) };
const id = requestIdOf(object, new Date('2026-11-19T08:00:00Z'));
const request: IsolationRequest = {
  id,
  requestedAt: new Date('2026-11-20T10:00:00Z'),
  who: 'Ada',
  why: 'reported by the owner',
  object,
};
const notConfirmed = { name: 'rejected', reason: 'not-confirmed' };

/** A world with the flagged object, where Macie knows nothing, and with this text at the key of the request. */
function worldWith(text: string | null = formatRequest(request)) {
  const world = createFakeWorld();
  world.source.upload(object, flaggedBytes);
  const asked: string[] = [];
  const confirmer = { find: async (asks: string) => void asked.push(asks) };
  if (text !== null) void world.isolation.put(requestKey(id), text);
  world.log.clear();
  return {
    ...world,
    asked,
    handle: (about: Partial<Message> = {}, settings: Partial<HandleSettings> = {}) =>
      handleFinding(
        message({ body: requestBody(id), origin: 'manual', ...about }),
        { ...world.ports, confirmer },
        handleSettings(settings),
      ),
  };
}
const deciding = (document: Partial<PolicyDocument>): Partial<HandleSettings> => ({
  decide: compilePolicy({ version: 1, rules: [], default: 'ignore', ...document }).decide,
});
const never = (when: NonNullable<PolicyDocument['never']>[number]['when']) =>
  deciding({ never: [{ name: 'case-4711', when, reason: 'litigation hold' }] });

describe('the request of an operator', () => {
  it('is acted on without asking Macie, and its id stands for the finding id in copy, record and alert', async () => {
    const world = worldWith();

    expect(await world.handle()).toMatchObject({ outcome: { name: 'isolated' } });

    expect(world.asked).toEqual([]);
    expect(world.source.read(object)).toBeUndefined();
    const { isolated } = world.records();
    expect(isolated).toMatchObject({
      finding_id: id,
      origin: 'manual',
      finding_type: null,
      severity: null,
      finding_created_at: '2026-11-20T10:00:00.000Z',
      etag: flaggedETag,
      copied_for_finding_id: id,
    });
    expect(world.keys('records/')).toEqual([`records/dt=2026-11-20/${id}.isolated.json`]);
    const [alert] = world.alerts;
    expect(alert?.email).toContain('requested by: Ada');
    expect(alert?.email).toContain('request reason: reported by the owner');
    expect(alert?.subject).not.toContain('undefined');
  });

  it('decides what is isolated, and not what the message says besides', async () => {
    const world = worldWith();
    const body = JSON.stringify({ ...JSON.parse(requestBody(id)), bucket: 'other', detail: macieDetail() });

    expect(await world.handle({ body })).toMatchObject({ finding: { object } });
  });

  it('is not asked about the rules of the policy, but about its exceptions', async () => {
    const ignored = worldWith();
    expect(await ignored.handle({}, deciding({}))).toMatchObject({
      outcome: { name: 'isolated' },
      decision: { action: 'isolate', rule: '(request)' },
    });

    const held = worldWith();
    expect(await held.handle({}, never({ bucket: [object.bucket] }))).toMatchObject({
      outcome: { name: 'alerted' },
      decision: { exception: { name: 'case-4711', reason: 'litigation hold' } },
    });
    expect(held.source.read(object)).toBeDefined();
  });

  it.each<[string, Parameters<typeof never>[0]]>([
    ['severity', { minSeverity: 'High' }],
    ['type', { type: ['SensitiveData:S3Object/Financial'] }],
    ['detections', { customDataIdentifier: ['Patient ID'] }],
    ['tags', { objectTag: ['legal-hold'] }],
  ])('says nothing about %s, so an exception about it holds', async (_what, when) => {
    const world = worldWith();

    expect(await world.handle({}, never(when))).toMatchObject({ outcome: { name: 'alerted' } });
  });

  it('has the origin manual for exceptions too, also when it was parked and moved back', async () => {
    const exception = never({ origin: ['manual'] });
    expect(await worldWith().handle({}, exception)).toMatchObject({ outcome: { name: 'alerted' } });
    const replayed = worldWith();
    expect(await replayed.handle({ origin: 'replay' }, exception)).toMatchObject({
      outcome: { name: 'alerted' },
    });
    expect(replayed.records()['alerted']).toMatchObject({ origin: 'manual' });
  });

  it('touches nothing in a dry run', async () => {
    const world = worldWith();

    expect(await world.handle({}, { mode: 'dry-run' })).toMatchObject({
      outcome: { name: 'dry_run' },
      isolation: { rehearsal: { expected: { name: 'isolated' } } },
    });
    expect(world.source.read(object)).toBeDefined();
  });

  it('never concerns the isolation bucket, nor a region that is not allowed', async () => {
    const there = { ...request, object: { ...object, bucket: 'isolation' } };
    expect(await worldWith(formatRequest(there)).handle()).toMatchObject({
      outcome: { name: 'ignored', reason: 'isolation-bucket' },
    });
    const far = { ...request, object: { ...object, region: 'eu-west-1' } };
    expect(await worldWith(formatRequest(far)).handle()).toMatchObject({
      outcome: { name: 'refused', reason: 'cross-region' },
    });
  });

  it('leaves an object that a person put back, although a request names no tags', async () => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(object, flaggedBytes, { tagCount: 1 }) ?? '';
    const versioned = { ...request, object: { ...object, versionId } };
    await world.isolation.put(requestKey(id), formatRequest(versioned));
    await world.isolation.put(releaseKey(object, versionId), '{}');

    const handled = await handleFinding(
      message({ body: requestBody(id), origin: 'manual' }),
      world.ports,
      handleSettings(),
    );

    expect(handled).toMatchObject({ outcome: { name: 'released' } });
    expect(world.source.read(object)).toBeDefined();
  });

  it('goes back to the queue while the service is paused', async () => {
    const world = worldWith();

    const paused = { ...world.ports, budget: { take: async () => undefined } };
    const handling = handleFinding(
      message({ body: requestBody(id), origin: 'manual' }),
      paused,
      handleSettings(),
    );

    await expect(handling).rejects.toMatchObject({ name: 'PausedError' });
    expect(world.source.read(object)).toBeDefined();
  });
});

describe('a message with the origin manual', () => {
  it('is rejected where no operator has put the request, and people hear of it', async () => {
    const world = worldWith(null);

    const handled = await world.handle();

    expect(handled).toMatchObject({
      outcome: notConfirmed,
      settlement: { by: 'park', reason: 'not-confirmed', findingId: id },
    });
    expect(world.source.read(object)).toBeDefined();
    expect(world.alerts[0]?.email).toContain('no operator has put such a request. Somebody forged it');
    expect(world.records()['rejected']).toMatchObject({ finding_id: id, origin: 'manual', bucket: null });
  });

  it.each<[string, string]>([
    ['a finding of Macie', JSON.stringify(envelope(macieDetail()))],
    ['no JSON', 'manual'],
    ['an id that leaves the folder', JSON.stringify({ version: 1, request: '../control/pause' })],
    ['another version', JSON.stringify({ version: 2, request: id })],
  ])('is rejected where its body is %s: it is never taken for a finding', async (_what, body) => {
    const world = worldWith();

    expect(await world.handle({ body })).toMatchObject({ outcome: notConfirmed });
    expect(world.source.read(object)).toBeDefined();
    expect(world.log.names).not.toContain('isolation.get');
  });

  it.each<[string, Record<string, unknown>]>([
    ['of a later version', { version: 2 }],
    ['with another id', { id: `manual-${'0'.repeat(32)}` }],
    ['without version and ETag', { etag: null }],
    ['with an ETag that matches anything', { etag: '*' }],
    ['with the version null', { version_id: 'null' }],
    ['with a version id longer than one of S3', { version_id: 'v'.repeat(513) }],
    ['with no account', { account_id: '12' }],
    ['with a key that no object has', { key: '\ud800' }],
    ['with no region', { region: 'anywhere' }],
  ])('is rejected where the request is one %s', async (_what, other) => {
    const text = JSON.stringify({ ...JSON.parse(formatRequest(request)), ...other });
    const world = worldWith(text);

    expect(await world.handle()).toMatchObject({ outcome: notConfirmed });
    expect(world.source.read(object)).toBeDefined();
  });

  it('is retried while the request cannot be read, and parked as refused at the last receive', async () => {
    const world = worldWith();
    world.log.on({
      at: 'isolation.get',
      before: () => {
        throw new RetryableError('AccessDenied', 'no');
      },
    });

    await expect(world.handle()).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(await world.handle({ receiveCount: 20 })).toMatchObject({
      settlement: { by: 'park', outcome: 'refused', reason: 'AccessDenied', findingId: id },
    });
    expect(world.source.read(object)).toBeDefined();
  });
});

describe('a finding', () => {
  it('that was parked and moved back is no request: Macie is asked', async () => {
    const world = worldWith();

    const handled = await world.handle({
      body: JSON.stringify(envelope(macieDetail())),
      origin: 'replay',
      sentAt: new Date('2026-11-20T00:00:00Z'),
    });

    expect(handled.outcome).toEqual(notConfirmed);
    expect(world.asked).toHaveLength(1);
  });
});
