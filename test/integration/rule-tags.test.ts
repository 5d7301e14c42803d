import { afterAll, beforeAll, expect, it } from 'vitest';
import { releaseMark } from '../../src/core/evidence/release-records.ts';
import { commandLine } from '../support/command-line.ts';
import { startWorld, type World } from '../support/world.ts';

const mebibyte = 1024 ** 2;
const policy = [
  'version: 1',
  'rules:',
  '  - name: tagged',
  '    when: { bucket: "data-*" }',
  '    action: isolate',
  '    tags: { team: of the rule, "case": "4711" }',
  'default: alert',
].join('\n');

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { POLICY: policy, MULTIPART_THRESHOLD_BYTES: String(5 * mebibyte) } });
});
afterAll(() => world.close());

const tagsAt = (bucket: string, key: string) =>
  Object.fromEntries((world.versions(bucket, key)[0]?.tags ?? []).map(([name, value]) => [name, value]));

async function isolated(body: string, Tagging?: string) {
  const bucket = world.bucket();
  const object = await world.upload(bucket, 'in/a.csv', body, Tagging === undefined ? {} : { Tagging });
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  return { bucket, id: finding.id, record: world.record(finding.id, 'isolated') };
}

it.each([
  ['in one call', 'secret'],
  ['in parts', 'x'.repeat(6 * mebibyte)],
])(
  'the tags of a rule are on a copy that is made %s, and a release does not put them back',
  async (_, body) => {
    const { bucket, id, record } = await isolated(body, 'team=hr');

    expect(tagsAt(world.isolationBucket, record?.isolation_key ?? '')).toEqual({ team: 'hr', case: '4711' });
    expect(record).toMatchObject({ tags_copied: true, tags_added: ['case'], properties_left_behind: [] });

    const args = ['release', id, '--reason', 'synthetic', '--who', 'test', '--yes', '--no-wait'];
    expect(await commandLine(args, world.aws.workerEnvironment)).toMatchObject({ code: 0 });
    expect(tagsAt(bucket, 'in/a.csv')).toEqual({ team: 'hr', [releaseMark]: 'true' });
  },
);

it('the tags of a rule do not stop a copy whose source shows no tags', async () => {
  const bucket = world.bucket();
  world.aws.s3.store.bucket(bucket).denials.push({ action: 's3:GetObjectTagging' });
  const object = await world.upload(bucket, 'in/a.csv', 'secret');
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);

  const record = world.record(finding.id, 'isolated');
  expect(record).toMatchObject({ tags_added: [] });
  expect(tagsAt(world.isolationBucket, record?.isolation_key ?? '')).toEqual({});
});
