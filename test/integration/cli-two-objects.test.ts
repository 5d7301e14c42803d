import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { objectDigest } from '../../src/core/evidence/keys.ts';
import { localAccount } from '../../src/local/account.ts';
import { commandLine } from '../support/command-line.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let folder: string;

beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'two-objects-'));
  return () => rmSync(folder, { recursive: true });
});
afterAll(() => world.close());

const run = (...argv: readonly string[]) => commandLine(argv, { ...world.aws.workerEnvironment });
const items = (text: string) => (JSON.parse(text) as { items: Record<string, unknown>[] }).items;

interface Named extends Uploaded {
  /** The name that fits this object alone. */
  readonly name: string;
}

/** Two objects that came under one finding id, both isolated: the second has records of its own. */
async function twoObjects() {
  const bucket = world.bucket();
  const uploads = [
    await world.upload(bucket, 'in/one\u001b[31m.csv', 'first\n'),
    await world.upload(bucket, 'in/two.csv', 'second\n'),
  ];
  const { id } = world.finding(uploads[0] as Uploaded);
  const named: Named[] = [];
  for (const upload of uploads) {
    const message = await world.send(
      JSON.stringify({
        'detail-type': 'Macie Finding',
        source: 'aws.macie',
        detail: { ...world.finding(upload), id },
      }),
    );
    await world.log.until('message_settled', { messageId: message });
    const { eTag, key } = upload;
    const digest = objectDigest({ accountId: localAccount, bucket, key, eTag });
    named.push({ ...upload, name: `${id}~${digest}` });
  }
  const [one, two] = named as [Named, Named];
  return { bucket, id, one, two };
}

describe('a finding id with two objects', () => {
  it.each<[string, (id: string) => readonly string[]]>([
    ['show', (id) => ['show', id]],
    ['release', (id) => ['release', id, '--reason', 'x', '--yes', '--no-wait']],
    ['get', (id) => ['get', id, '--out', join(folder, 'got'), '--reason', 'x']],
    ['hold', (id) => ['hold', id, '--reason', 'x', '--yes']],
  ])('is refused by %s, which names both objects and how to name one', async (_, argv) => {
    const { bucket, id, one, two } = await twoObjects();

    const { code, err, out } = await run(...argv(id));

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${id} fits 2 objects; name one of them:`);
    expect(err).toContain(String.raw`${one.name}  s3://${bucket}/in/one\u001b[31m.csv`);
    expect(err).toContain(`${two.name}  s3://${bucket}/in/two.csv`);
    expect(world.text(bucket, one.key)).toBeUndefined();
    expect(world.text(bucket, two.key)).toBeUndefined();
  });

  it('is shown by the name of one object, and by the address of one object', async () => {
    const { bucket, id, one, two } = await twoObjects();

    for (const what of [two.name, `s3://${bucket}/in/two.csv`]) {
      const { code, out } = await run('show', what, '--json');
      expect(code).toBe(0);
      expect(items(out)).toMatchObject([{ finding: { finding_id: id, key: 'in/two.csv' } }]);
    }
    expect(items((await run('show', one.name, '--json')).out)).toMatchObject([{ finding: { key: one.key } }]);
  });

  it('is released, read and held one object at a time', async () => {
    Object.assign(world.aws.s3.store.bucket(world.isolationBucket), { objectLock: true });
    const { bucket, one, two } = await twoObjects();

    const got = await run('get', two.name, '--out', join(folder, 'two.csv'), '--reason', 'x');
    const held = await run('hold', one.name, '--reason', 'x', '--dry-run', '--json');
    const released = await run('release', two.name, '--reason', 'x', '--yes', '--no-wait', '--json');

    expect(got).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(folder, 'two.csv'), 'utf8')).toBe('second\n');
    expect(items(held.out)).toMatchObject([{ isolation_key: expect.stringContaining('/in/one') }]);
    expect(items(released.out)).toMatchObject([{ key: 'in/two.csv', result: 'released' }]);
    expect(world.text(bucket, two.key)).toBe('second\n');
    expect(world.text(bucket, one.key)).toBeUndefined();
  });

  it('is named by the rows of list --jsonl, of which release takes a batch', async () => {
    const { bucket, id, two } = await twoObjects();
    const listed = await run('list', '--jsonl');
    const rows = listed.out.split('\n').filter((line) => line.includes(`${id}~`));
    const file = join(folder, 'rows.jsonl');
    writeFileSync(file, rows.join('\n'));

    const released = await run('release', '--from', file, '--reason', 'x', '--yes', '--no-wait', '--json');

    expect(items(released.out)).toMatchObject([{ key: 'in/two.csv', result: 'released' }]);
    expect(world.text(bucket, two.key)).toBe('second\n');
  });

  it('is not found by a digest that no object has', async () => {
    const { id } = await twoObjects();

    expect(await run('show', `${id}~${'0'.repeat(16)}`)).toMatchObject({ code: 1 });
    expect(await run('release', `${id}~${'0'.repeat(16)}`, '--reason', 'x', '--yes')).toMatchObject({
      code: 1,
    });
    expect(await run('show', `${id}~xyz`)).toMatchObject({ code: 2 });
  });
});
