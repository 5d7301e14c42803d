import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asciiJson } from '../../src/local/ascii-json.ts';
import { hardKeys } from '../support/hard-keys.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const leak = 'TOP-SECRET-BODY';
const object = { bucket: 'data', key: `${leak}.csv`, eTag: '0'.repeat(32), sizeBytes: 1 };

function findingWith(change: (detail: Record<string, never>) => void): string {
  const detail = structuredClone(world.finding(object)) as unknown as Record<string, never>;
  change(detail);
  return JSON.stringify(detail);
}

/** Sends a body and waits until it is parked; answers its place in the dead-letter queue. */
async function park(body: string) {
  const messageId = await world.send(body);
  await world.log.until('message_settled', { messageId, how: 'park' });
  const [parked] = (await world.parked()).filter((message) => message.sourceMessageId === messageId);
  return parked;
}

type Affected = {
  resourcesAffected: { s3Bucket: { name: unknown }; s3Object: Record<string, unknown> | null };
};
const affected = (detail: Record<string, never>) => (detail as unknown as Affected).resourcesAffected;

describe('a message that cannot be acted on', () => {
  it.each<[string, string, () => string]>([
    ['is not JSON', 'not-json', () => `${leak} {`],
    ['is empty text', 'not-json', () => ' '],
    ['is truncated', 'not-json', () => JSON.stringify(world.finding(object)).slice(0, -20)],
    ['is JSON but no finding', 'not-a-finding', () => JSON.stringify({ leak })],
    ['is a list', 'not-a-finding', () => JSON.stringify([leak])],
    ['is null', 'not-a-finding', () => 'null'],
    ['is nested a thousand deep', 'not-a-finding', () => '['.repeat(1_000) + ']'.repeat(1_000)],
    [
      'is nested too deep to be parsed',
      'not-a-finding',
      () => '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000),
    ],
    ['has no id', 'no-finding-id', () => findingWith((detail) => delete detail['id'])],
    [
      'has an id that would lead elsewhere',
      'no-finding-id',
      () => findingWith((detail) => Object.assign(detail, { id: '../../x' })),
    ],
    [
      'is of a type unknown to us',
      'unsupported-type',
      () => findingWith((detail) => Object.assign(detail, { type: 'Weather:Rain' })),
    ],
    [
      'names no bucket',
      'no-identity',
      () => findingWith((detail) => (affected(detail).s3Bucket.name = null)),
    ],
    ['names no object', 'no-identity', () => findingWith((detail) => (affected(detail).s3Object = null))],
    [
      'has neither ETag nor version',
      'no-identity',
      () => findingWith((detail) => Object.assign(affected(detail).s3Object ?? {}, { eTag: null })),
    ],
    [
      'has an ETag that matches anything',
      'no-identity',
      () => findingWith((detail) => Object.assign(affected(detail).s3Object ?? {}, { eTag: '*' })),
    ],
    [
      'has a key of the wrong type',
      'no-identity',
      () => findingWith((detail) => Object.assign(affected(detail).s3Object ?? {}, { key: { a: 1 } })),
    ],
    [
      'has a key that no S3 object can have',
      'no-identity',
      () =>
        findingWith((detail) => Object.assign(affected(detail).s3Object ?? {}, { key: 'x'.repeat(1_025) })),
    ],
  ])('is rejected and parked with its body and a reason: %s', async (_, reason, body) => {
    const text = body();

    expect(await park(text)).toMatchObject({ reason, outcome: 'rejected', body: text });
  });

  it('leaves its body under rejected/ and parks a stub where it has no room', async () => {
    const body =
      leak +
      randomBytes(1_048_576)
        .toString('base64')
        .slice(0, 1_048_576 - leak.length);

    const parked = await park(body);

    const stub = JSON.parse(parked?.body ?? '') as Record<string, unknown>;
    expect(stub).toMatchObject({ size_bytes: 1_048_576, reason: 'not-json' });
    expect(world.text(world.isolationBucket, `rejected/${String(stub['sha256'])}`)).toBe(body);
  });

  it('is told to people without its body, and the worker goes on', async () => {
    const bucket = world.bucket();
    const good = await world.upload(bucket, 'a.csv', 'x');
    const finding = world.finding(good);
    await world.put(finding);
    await world.untilSettled(finding.id);

    const alerts = await world.alerts();

    expect(alerts.some(({ subject }) => subject.includes('Message rejected'))).toBe(true);
    expect(alerts.filter(({ subject, sms }) => (subject + sms).includes(leak))).toEqual([]);
    expect(world.record(finding.id, 'isolated')).toBeDefined();
  });

  it('never puts its body into the log, nor matched text, column names or JSON paths of a good one', () => {
    expect(world.log.lines.length).toBeGreaterThan(50);
    for (const secret of [`${leak} {`, `"leak"`, 'secret-column', 'secret-path', 'occurrences']) {
      expect(world.log.text()).not.toContain(secret);
    }
  });
});

describe('odd but good findings', () => {
  it.each<[string, (detail: Record<string, never>) => void]>([
    ['with fields unknown to us', (detail) => Object.assign(detail, { futureField: { a: [1] } })],
    [
      'of a sensitive-data type unknown to us',
      (detail) => Object.assign(detail, { type: 'SensitiveData:S3Object/Genome' }),
    ],
    ['with null where others have lists', (detail) => Object.assign(detail, { classificationDetails: null })],
    [
      'with a quoted ETag',
      (detail) => Object.assign(affected(detail).s3Object ?? {}, { eTag: `"${eTagOf(detail)}"` }),
    ],
  ])('are acted on: %s', async (_, change) => {
    const uploaded = await world.upload(world.bucket(), 'a.csv', 'secret');
    const detail = structuredClone(world.finding(uploaded));
    change(detail as unknown as Record<string, never>);

    await world.send(JSON.stringify(detail));
    await world.untilSettled(detail.id);

    expect(world.record(detail.id, 'isolated')).toBeDefined();
  });

  it.each(hardKeys)('isolate the hard key %j by one copy', async (key) => {
    const bucket = world.bucket();
    const uploaded = await world.upload(bucket, key, 'secret');
    const finding = world.finding(uploaded);

    await world.send(asciiJson(JSON.stringify(finding)));
    await world.untilSettled(finding.id);

    expect(world.versions(bucket, key)).toEqual([]);
    const record = world.record(finding.id, 'isolated');
    expect(record).toMatchObject({ key, bucket });
    expect(world.text(world.isolationBucket, record?.isolation_key ?? '')).toBe('secret');
  });
});

const eTagOf = (detail: Record<string, never>) => String(affected(detail).s3Object?.['eTag']);
