import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fenceProofKey } from '../../src/core/evidence/keys.ts';
import { fenceSteps, formatProof } from '../../src/core/fence/proof.ts';
import { fenceTag } from '../../src/core/fences.ts';
import { localAccount } from '../../src/local/account.ts';
import type { LogLine } from '../support/log-lines.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, type World } from '../support/world.ts';

const secret = 'name,ssn\nJane Doe,078-05-1120\n';
const large = 'x'.repeat(6 * 1024 ** 2);
const policy = [
  'version: 1',
  'rules:',
  '  - name: tables',
  '    when: { key: "*/_delta_log/*" }',
  '    action: fence',
  '  - name: at-once',
  '    when: { key: "first/*" }',
  '    action: isolate',
  '    fence: first',
  '  - name: all',
  '    when: { severity: High }',
  '    action: isolate',
  'default: alert',
].join('\n');
let world: World;

beforeAll(async () => {
  world = await startWorld({
    env: {
      FENCE: 'kept',
      POLICY: policy,
      PARK_AFTER_RECEIVES: '4',
      MULTIPART_THRESHOLD_BYTES: String(5 * 1024 ** 2),
    },
  });
});
afterAll(() => world.close());

const store = () => world.aws.s3.store;
const locked = { ObjectLockLegalHoldStatus: 'ON' } as const;
const lockable = () =>
  store().createBucket(`data-${randomBytes(6).toString('hex')}`, { objectLock: true }).name;
const isAbout = (line: LogLine, event: string, findingId: string) =>
  line.event === event && line['findingId'] === findingId;
const tagsAt = (bucket: string, key: string, place = 0) =>
  Object.fromEntries((world.versions(bucket, key)[place]?.tags ?? []).map(([name, value]) => [name, value]));

async function handle(object: Uploaded): Promise<string> {
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

/** As `fence check` leaves it. */
async function prove(bucket: string, checkedAt = new Date()): Promise<void> {
  const steps = fenceSteps.map(({ step, wanted }) => ({ step, wanted, got: wanted }));
  const json = formatProof({
    accountId: localAccount,
    bucket,
    checkedAt,
    probe: 'arn:aws:iam::0:role/p',
    steps,
  });
  await world.upload(world.isolationBucket, fenceProofKey(bucket), json);
}

describe('an object that cannot be removed', () => {
  it('is fenced as the flagged version alone, beside the tags that it has', async () => {
    const bucket = lockable();
    const object = await world.upload(bucket, 'a.csv', secret, { ...locked, Tagging: 'team=hr' });
    await world.upload(bucket, 'a.csv', 'clean, and longer than the flagged bytes');
    await prove(bucket);

    const id = await handle(object);

    expect(tagsAt(bucket, 'a.csv', 1)).toEqual({ team: 'hr', [fenceTag]: id });
    expect(tagsAt(bucket, 'a.csv')).toEqual({});
    expect(world.record(id, 'retained')).toMatchObject({ reason: 'legal-hold', fence: 'fenced' });
    const [parked] = (await world.parked()).filter(({ findingId }) => findingId === id);
    expect(parked).toMatchObject({ outcome: 'retained' });
    expect(await log(id)).toMatchObject({ level: 'warn', fence: 'fenced' });
  });

  it.each([
    ['no proof', undefined],
    ['a proof that is two days old', new Date(Date.now() - 2 * 24 * 3_600_000)],
  ])('is called tagged with %s', async (_, checkedAt) => {
    const bucket = lockable();
    if (checkedAt) await prove(bucket, checkedAt);
    const id = await handle(await world.upload(bucket, 'a.csv', secret, locked));

    expect(world.record(id, 'retained')).toMatchObject({ fence: 'tagged' });
    expect(await log(id)).toMatchObject({ level: 'error', fence: 'tagged' });
  });

  it.each(['s3:GetObjectTagging', 's3:PutObjectTagging'])('is open where %s is denied', async (action) => {
    const bucket = lockable();
    const { denials } = store().bucket(bucket);
    denials.push({ action }, { action: action.replace('ObjectTagging', 'ObjectVersionTagging') });
    await prove(bucket);
    const id = await handle(await world.upload(bucket, 'a.csv', secret, locked));

    expect(tagsAt(bucket, 'a.csv')).toEqual({});
    expect(world.record(id, 'retained')).toMatchObject({ fence: 'open' });
  });

  it('keeps the fence of the first of two findings', async () => {
    const bucket = lockable();
    const object = await world.upload(bucket, 'a.csv', secret, locked);

    const first = await handle(object);
    const second = await handle(object);

    expect(tagsAt(bucket, 'a.csv')).toEqual({ [fenceTag]: first });
    expect(world.record(second, 'retained')).toMatchObject({ fence: 'tagged' });
  });

  it('is fenced at the third receive, and its later copy does not carry the tag', async () => {
    const bucket = world.bucket('enabled');
    const object = await world.upload(bucket, 'a.csv', secret, { Tagging: 'team=hr' });
    const { denials } = store().bucket(world.isolationBucket);
    denials.push({ action: 's3:PutObject', when: ({ key }) => key.includes(bucket) });
    const finding = world.finding(object);
    await world.put(finding);
    const { fence } = await world.log.until('fence_tried', { findingId: finding.id });
    expect(fence).toBe('tagged');
    expect(tagsAt(bucket, 'a.csv')).toEqual({ team: 'hr', [fenceTag]: finding.id });
    expect(world.log.lines.filter((line) => isAbout(line, 'handling_failed', finding.id))).toHaveLength(2);
    denials.length = 0;

    await world.untilSettled(finding.id);

    const record = world.record(finding.id, 'isolated');
    expect(tagsAt(world.isolationBucket, record?.isolation_key ?? '')).toEqual({ team: 'hr' });
  });
});

describe('an object that is fenced before its copy', () => {
  it.each([
    ['in one call', secret],
    ['in parts', large],
  ])('has a copy without the tag of the fence, made %s', async (_, body) => {
    const bucket = world.bucket('enabled');
    const object = await world.upload(bucket, 'first/a.csv', body, { Tagging: 'team=hr' });

    const id = await handle(object);

    const record = world.record(id, 'isolated');
    expect(record).toMatchObject({ fence: null, tags_copied: true, properties_left_behind: [] });
    expect(tagsAt(world.isolationBucket, record?.isolation_key ?? '')).toEqual({ team: 'hr' });
    expect(world.log.lines.filter((line) => isAbout(line, 'fence_tried', id))).toHaveLength(1);
  });
});

describe('a rule with the action fence', () => {
  it.each(['never', 'enabled', 'suspended'] as const)('fences in place (versioning %s)', async (state) => {
    const bucket = world.bucket(state);
    await prove(bucket);
    const object = await world.upload(bucket, 't/_delta_log/0.json', secret);

    const id = await handle(object);

    expect(tagsAt(bucket, 't/_delta_log/0.json')).toEqual({ [fenceTag]: id });
    expect(world.text(bucket, 't/_delta_log/0.json')).toBe(secret);
    expect(world.keys(`objects/000000000000/${bucket}/`)).toEqual([]);
    expect(world.record(id, 'alerted')).toMatchObject({ policy_action: 'fence', fence: 'fenced' });
  });

  it('fences nothing that was overwritten since', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 't/_delta_log/1.json', secret);
    await world.upload(bucket, 't/_delta_log/1.json', 'clean');

    const id = await handle(object);

    expect(tagsAt(bucket, 't/_delta_log/1.json')).toEqual({});
    expect(world.record(id, 'alerted')).toMatchObject({ fence: null });
  });
});

async function log(findingId: string) {
  return world.log.until('finding_handled', { findingId });
}
