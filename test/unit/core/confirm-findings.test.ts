import { describe, expect, it } from 'vitest';
import { findingAtMacie } from '../../../src/core/confirm/finding-at-macie.ts';
import type { Unconfirmed } from '../../../src/core/confirmation.ts';
import { RetryableError } from '../../../src/core/errors.ts';
import { type HandleSettings, handleFinding } from '../../../src/core/handle-finding.ts';
import type { Message } from '../../../src/core/message.ts';
import type { Observer } from '../../../src/core/observer.ts';
import { createFakeWorld, handleSettings } from '../../support/fake-ports.ts';
import {
  envelope,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  macieDetail,
  message,
} from '../../support/findings.ts';

type Json = Readonly<Record<string, unknown>>;

/** A world with the flagged object, where Macie answers this. */
function worldWhereMacie(find: () => Promise<Json | undefined>) {
  const world = createFakeWorld();
  world.source.upload(flaggedObject(), flaggedBytes);
  const asked: (readonly [id: string, region: string])[] = [];
  const confirmer = {
    async find(id: string, region: string) {
      asked.push([id, region]);
      const told = await find();
      return told && findingAtMacie(told);
    },
  };
  const unconfirmed: Unconfirmed[] = [];
  const observer: Observer = {
    ...world.ports.observer,
    confirmationDone(about, confirmation) {
      world.ports.observer.confirmationDone(about, confirmation);
      if ('unconfirmed' in confirmation) unconfirmed.push(confirmation.unconfirmed);
    },
  };
  const ports = { ...world.ports, confirmer, observer };
  return {
    ...world,
    asked,
    unconfirmed,
    handle: (
      about: Partial<Message> = {},
      detail: Json = macieDetail(),
      settings: Partial<HandleSettings> = {},
    ) =>
      handleFinding(
        message({ body: JSON.stringify(envelope(detail)), ...about }),
        ports,
        handleSettings(settings),
      ),
  };
}

const knows = (told: Json) => worldWhereMacie(async () => told);
const knowsNothing = () => worldWhereMacie(async () => undefined);
/** Macie knew this finding until its object was isolated. The same bytes were put again since. */
async function forgottenAfterIsolation(detail: Json) {
  let told: Json | undefined = detail;
  const world = worldWhereMacie(async () => told);
  await world.handle({}, detail);
  told = undefined;
  world.source.upload(flaggedObject(), flaggedBytes);
  world.log.clear();
  return world;
}
const notConfirmed = { name: 'rejected', reason: 'not-confirmed' };
const old = { sentAt: new Date('2026-11-20T00:00:00Z') };

describe('a finding that Macie is asked about', () => {
  it('is acted on where Macie tells the same', async () => {
    const world = knows(macieDetail());

    expect(await world.handle()).toMatchObject({ outcome: { name: 'isolated' } });
    expect(world.asked).toEqual([['ba3c75616234b8a67797b8000371aaba', 'us-east-1']]);
    expect(world.confirmations).toEqual(['confirmed']);
    expect(world.unconfirmed).toEqual([]);
    expect(world.steps[0]).toBe('confirm');
  });

  it('is asked about in the region of the isolation bucket if it names none', async () => {
    const world = knows(macieDetail());

    await world.handle({ body: JSON.stringify(macieDetail({ region: null })) });

    expect(world.asked).toEqual([['ba3c75616234b8a67797b8000371aaba', 'us-east-1']]);
  });

  it.each<[string, Json]>([
    ['quotes around the ETag', macieDetail({}, { eTag: `"${flaggedETag}"` })],
    ['an empty version', macieDetail({}, { versionId: '' })],
    ['a null version', macieDetail({}, { versionId: null })],
    ['the archived state', macieDetail({ archived: true })],
  ])('is acted on where Macie differs in %s alone', async (_, told) => {
    expect(await knows(told).handle()).toMatchObject({ outcome: { name: 'isolated' } });
  });

  const otherBucket = { s3Bucket: { name: 'other-bucket' } };
  const { s3Object } = macieDetail()['resourcesAffected'] as { s3Object: Json };
  it.each<[string, Json, string?]>([
    ['account', macieDetail({ accountId: '999900001111' })],
    ['bucket', macieDetail({ resourcesAffected: { ...otherBucket, s3Object } })],
    ['key', macieDetail({}, { key: 'other.csv' })],
    ['version', macieDetail({}, { versionId: 'another' })],
    ['ETag', macieDetail({}, { eTag: 'f'.repeat(32) })],
    ['type', macieDetail({ type: 'SensitiveData:S3Object/Personal' })],
    ['severity', macieDetail({ severity: { description: 'Low', score: 1 } })],
    ['id', macieDetail({ id: 'another' })],
    ['kind, a sample', macieDetail({ sample: true }), 'kind'],
    ['kind, a policy finding', macieDetail({ type: 'Policy:IAMUser/S3BucketPublic' }), 'kind'],
  ])('touches nothing where Macie tells another %s', async (name, told, field = name) => {
    const world = knows(told);

    const handled = await world.handle();

    expect(handled).toMatchObject({
      outcome: notConfirmed,
      isolation: { unconfirmed: { why: 'differs', fields: [field] } },
      settlement: { by: 'park', reason: 'not-confirmed' },
    });
    expect(world.log.names.filter((name) => /source|copy/.test(name))).toStrictEqual([]);
    expect(world.alerts[0]?.email).toContain(
      `these differ: ${field}. Somebody forged it, or it was sent by mistake.`,
    );
    expect(world.confirmations).toEqual(['differs']);
    expect(world.unconfirmed).toEqual([{ why: 'differs', fields: [field] }]);
  });

  it('is tried again while it is young and Macie does not know it', async () => {
    const world = knowsNothing();
    const about = { sentAt: new Date('2026-11-20T19:50:00Z') };
    const young = macieDetail({ createdAt: '2026-11-20T19:50:00Z' });

    await expect(world.handle(about, young)).rejects.toMatchObject({ code: 'FindingNotKnownYet' });
    expect(world.log.names).toStrictEqual([]);
    expect(world.confirmations).toEqual(['not-known-yet']);
  });

  it.each([
    [
      '15 minutes',
      '2026-11-20T19:45:00Z',
      'unknown',
      /Macie does not know this finding\. Somebody forged it/,
    ],
    ['89 days', '2026-08-24T00:00:00Z', 'unknown', /Macie does not know this finding\. Somebody forged it/],
    [
      '90 days',
      '2026-08-22T00:00:00Z',
      'expired',
      /older than 90 days: Macie keeps findings for 90 days only/,
    ],
  ])(
    'is not confirmed where Macie does not know it after %s, and people are told why',
    async (_, createdAt, why, text) => {
      const world = knowsNothing();
      const about = { sentAt: new Date('2026-11-20T20:00:00Z') };

      expect(await world.handle(about, macieDetail({ createdAt }))).toMatchObject({ outcome: notConfirmed });
      expect(world.confirmations).toEqual([why]);
      expect(world.alerts[0]?.email).toMatch(text);
    },
  );

  it('is tried again one second before it is 15 minutes old', async () => {
    const world = knowsNothing();
    const about = { sentAt: new Date('2026-11-20T20:00:00Z') };

    // The clock of this world has gone a few seconds further when it is asked.
    await expect(
      world.handle(about, macieDetail({ createdAt: '2026-11-20T19:45:10Z' })),
    ).rejects.toMatchObject({
      code: 'FindingNotKnownYet',
    });
  });

  it('does not stay young by a date in the future', async () => {
    const future = macieDetail({ createdAt: '2027-11-20T00:00:00Z' });

    expect(await knowsNothing().handle(old, future)).toMatchObject({ outcome: notConfirmed });
  });

  it('is not trusted while Macie is away', async () => {
    const away = worldWhereMacie(async () => Promise.reject(new RetryableError('TimeoutError', 'away')));

    await expect(away.handle()).rejects.toMatchObject({ code: 'TimeoutError' });
    expect(away.confirmations).toStrictEqual(['failed']);
    expect(await away.handle({ receiveCount: 20 })).toMatchObject({
      outcome: { name: 'refused', reason: 'retries-exhausted', lastError: 'TimeoutError' },
    });
    expect(away.log.names.filter((name) => name.startsWith('source.delete'))).toStrictEqual([]);
  });

  it('is finished where its copy exists, although Macie has forgotten it', async () => {
    let told: Json | undefined = macieDetail();
    const world = worldWhereMacie(async () => told);
    await world.handle();
    told = undefined;

    const repetition = { receiveCount: 2, ...old };
    expect(await world.handle(repetition)).toMatchObject({ outcome: { name: 'already_isolated' } });
    expect(await knowsNothing().handle(repetition)).toMatchObject({ outcome: notConfirmed });
  });

  it('is not trusted at its first delivery because of a copy', async () => {
    const world = await forgottenAfterIsolation(macieDetail());

    expect(await world.handle(old)).toMatchObject({ outcome: notConfirmed });
    expect(world.log.names).not.toContain('isolation.head');
  });

  it('is not trusted because of the copy that another finding has', async () => {
    const world = await forgottenAfterIsolation(macieDetail({ id: 'a'.repeat(32) }));

    expect(await world.handle({ ...old, receiveCount: 2 })).toMatchObject({ outcome: notConfirmed });
  });

  it('is not confirmed where its copy exists, but Macie tells otherwise', async () => {
    let told: Json | undefined = macieDetail();
    const world = worldWhereMacie(async () => told);
    await world.handle();
    told = macieDetail({ severity: { description: 'Low', score: 1 } });

    expect(await world.handle({ receiveCount: 2, ...old })).toMatchObject({ outcome: notConfirmed });
  });

  it('is asked about in a dry run too, which would otherwise show what would not be done', async () => {
    const world = knowsNothing();

    expect(await world.handle(old, macieDetail(), { mode: 'dry-run' })).toMatchObject({
      outcome: notConfirmed,
    });
  });

  it.each<[string, Json, Partial<HandleSettings>]>([
    ['the policy leaves the object', macieDetail(), { decide: () => ({ action: 'alert', rule: 'r' }) }],
    ['the region is refused anyway', macieDetail({ region: 'eu-west-9' }), {}],
  ])('is not asked about where %s', async (_, detail, settings) => {
    const world = knowsNothing();

    await world.handle({}, detail, settings);

    expect(world.asked).toEqual([]);
  });
});
