import { expect, it } from 'vitest';
import { readLastRecords } from '../../../../../src/core/operate/doctor/last-records.ts';

const records: Readonly<Record<string, object>> = {
  sample: { service_version: '2.0.0', recorded_at: '2026-11-28T12:00:00.000Z', policy_hash: null },
  isolated: { service_version: '1.0.0', recorded_at: '2026-11-28T11:00:00.000Z', policy_hash: 'abc' },
  older: { service_version: '0.9.0', policy_hash: 'def' },
};
const read: string[] = [];
const get = async (key: string) => {
  read.push(key);
  return records[key] && JSON.stringify(records[key]);
};

it('the latest record tells the version, and the latest with a policy tells the policy', async () => {
  expect(await readLastRecords(['sample', 'isolated', 'older'], get)).toEqual({
    version: '2.0.0',
    recordedAt: '2026-11-28T12:00:00.000Z',
    policyHash: 'abc',
  });
  expect(read).toEqual(['sample', 'isolated']);
});

it('a record that is no JSON or is gone tells nothing', async () => {
  expect(await readLastRecords(['none'], get)).toEqual({});
  expect(await readLastRecords([], get)).toEqual({});
});
