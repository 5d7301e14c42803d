import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../src/core/errors.ts';
import { type HandleSettings, handleFinding } from '../../../src/core/handle-finding.ts';
import type { Message } from '../../../src/core/message.ts';
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

const minutes = (count: number) => count * 60_000;

/** A world with the flagged object, where Macie answers this. */
function worldWhereMacie(find: () => Promise<Json | undefined>) {
  const world = createFakeWorld();
  world.source.upload(flaggedObject(), flaggedBytes);
  let asked = 0;
  const confirmer = {
    find() {
      asked += 1;
      return find();
    },
  };
  const ports = { ...world.ports, confirmer };
  return {
    ...world,
    asked: () => asked,
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
const notConfirmed = { name: 'rejected', reason: 'not-confirmed' };
const old = { sentAt: new Date('2026-11-20T00:00:00Z') };

describe('a finding that Macie is asked about', () => {
  it('is acted on where Macie tells the same', async () => {
    const world = knows(macieDetail());

    expect(await world.handle()).toMatchObject({ outcome: { name: 'isolated' } });
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
  it.each<[string, Json]>([
    ['account', macieDetail({ accountId: '999900001111' })],
    ['bucket', macieDetail({ resourcesAffected: { ...otherBucket, s3Object } })],
    ['key', macieDetail({}, { key: 'other.csv' })],
    ['version', macieDetail({}, { versionId: 'another' })],
    ['ETag', macieDetail({}, { eTag: 'f'.repeat(32) })],
    ['type', macieDetail({ type: 'SensitiveData:S3Object/Personal' })],
    ['severity', macieDetail({ severity: { description: 'Low', score: 1 } })],
    ['id', macieDetail({ id: 'another' })],
    ['being a sample', macieDetail({ sample: true })],
  ])('touches nothing where Macie tells another %s', async (_, told) => {
    const world = knows(told);

    const handled = await world.handle();

    expect(handled).toMatchObject({
      outcome: notConfirmed,
      settlement: { by: 'park', reason: 'not-confirmed' },
    });
    expect(world.log.names.filter((name) => /source|copy/.test(name))).toStrictEqual([]);
    expect(world.alerts[0]?.email).toMatch(/forged it, or it was sent by mistake.*90 days/);
  });

  it('is tried again while it is young and Macie does not know it', async () => {
    const world = knowsNothing();
    const about = { sentAt: new Date('2026-11-20T19:50:00Z') };
    const young = macieDetail({ createdAt: '2026-11-20T19:50:00Z' });

    await expect(world.handle(about, young)).rejects.toMatchObject({ code: 'FindingNotKnownYet' });
    expect(world.log.names).toStrictEqual([]);
  });

  it.each([
    ['15 minutes', new Date(Date.parse('2026-11-20T20:00:00Z') - minutes(15)).toISOString()],
    ['90 days', '2026-08-01T00:00:00Z'],
  ])('is not confirmed where Macie does not know it after %s', async (_, createdAt) => {
    const world = knowsNothing();
    const about = { sentAt: new Date('2026-11-20T20:00:00Z') };

    expect(await world.handle(about, macieDetail({ createdAt }))).toMatchObject({ outcome: notConfirmed });
  });

  it('does not stay young by a date in the future', async () => {
    const future = macieDetail({ createdAt: '2027-11-20T00:00:00Z' });

    expect(await knowsNothing().handle(old, future)).toMatchObject({ outcome: notConfirmed });
  });

  it('is not trusted while Macie is away', async () => {
    const away = worldWhereMacie(async () => Promise.reject(new RetryableError('TimeoutError', 'away')));

    await expect(away.handle()).rejects.toMatchObject({ code: 'TimeoutError' });
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

    expect(world.asked()).toBe(0);
  });
});
