import { afterEach, describe, expect, it } from 'vitest';
import { defang } from '../../src/core/tell/defang.ts';
import type { EvidenceRecord } from '../../src/core/tell/record.ts';
import { type Forwarder, startForwarder } from '../support/forwarder.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

const secret = 'name,ssn\nJane Doe,078-05-1120\n';
let world: World;
let sns: Forwarder | undefined;

async function open(options: WorldOptions = {}): Promise<World> {
  world = await startWorld(options);
  return world;
}
afterEach(async () => {
  await world.close();
  await sns?.close();
  sns = undefined;
});

const recordAt = (key: string) => JSON.parse(world.text(world.isolationBucket, key) ?? '') as EvidenceRecord;

describe('an object that was removed while nobody could be told', () => {
  it('counts by its removal, and its record has that time', async () => {
    await open({
      redirect: async (environment) => {
        const target = environment['AWS_ENDPOINT_URL_SNS'] ?? environment['AWS_ENDPOINT_URL'] ?? '';
        sns = await startForwarder(target);
        return { AWS_ENDPOINT_URL_SNS: sns.endpoint };
      },
    });
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    const finding = world.finding(object, { createdAt: new Date().toISOString() });
    sns?.cut();
    await world.put(finding);
    await world.log.until('handling_failed', { code: 'AlertFailed', attempt: 2 });
    const [note = ''] = world.keys('provenance/removals/');
    const { removedAt } = JSON.parse(world.text(world.isolationBucket, note) ?? '{}') as {
      removedAt: string;
    };
    sns?.mend();

    await world.untilSettled(finding.id);

    const record = world.record(finding.id, 'isolated');
    expect(record).toMatchObject({ alert_result: 'sent', removed_at: removedAt, removed_not_after: null });
    expect(record?.source_last_modified).not.toBeNull();
    expect(await world.log.until('finding_handled', { findingId: finding.id })).toMatchObject({
      findingToIsolationSeconds: record?.finding_to_removal_seconds,
    });
    expect(await world.alerts()).toHaveLength(1);
  });
});

describe('two objects under one finding id', () => {
  it.each([
    ['isolated', 'High'],
    ['alerted', 'Low'],
  ])('have a record and an alert each when they are %s', async (outcome, description) => {
    await open();
    const id = 'shared0000000000000000000000000';
    const bucket = world.bucket();
    for (const key of ['a.csv', 'b.csv']) {
      const object = await world.upload(bucket, key, `${secret}${key}`);
      await world.put({ ...world.finding(object, { severity: { description } }), id });
      await world.log.until('finding_handled', { findingId: id, key });
    }

    const keys = world.recordKeys();
    expect(new Set(keys.map((key) => recordAt(key).key))).toEqual(new Set(['a.csv', 'b.csv']));
    expect(keys.filter((key) => /~[0-9a-f]{16}\.[a-z]+\.json$/.test(key))).toHaveLength(1);
    expect(keys.map((key) => recordAt(key).outcome)).toEqual([outcome, outcome]);
    const alerts = await world.alerts();
    expect(alerts).toHaveLength(2);
    for (const { email = '' } of alerts) {
      const named = (field: string) => new RegExp(`^${field}: (.*)$`, 'm').exec(email)?.[1] ?? '';
      // A mail breaks up what a mail client would make a link of.
      expect(named('key')).toBe(defang(recordAt(named('record')).key ?? ''));
    }
  });
});
