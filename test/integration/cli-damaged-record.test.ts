import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/command-line.ts';
import { putIntoIsolation, seededId } from '../support/seeded-records.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ stopped: true });
});
afterAll(() => world.close());

describe('a record that cannot be understood', () => {
  const why = ['--reason', 'case 12', '--who', 'Ada', '--yes'];

  it.each([
    ['bytes that are no JSON', 'no JSON \u0000'],
    ['null', 'null'],
    ['other types', '{"finding_id":1}'],
  ])('is not taken for none: %s', async (what, text) => {
    const id = seededId(what.length);
    const key = `records/dt=2026-11-20/${id}.isolated.json`;
    putIntoIsolation(world, key, text);

    for (const argv of [
      ['show', id],
      ['hold', id, ...why],
      ['fence', 'lift', id, ...why],
    ]) {
      const run = await commandLine(argv, world.aws.workerEnvironment);

      expect(run).toMatchObject({ code: 1, out: '' });
      expect(run.err).toContain(
        `The record of the finding ${id} cannot be understood, or is about no object: ${key}.`,
      );
    }
    const released = await commandLine(['release', id, ...why, '--json'], world.aws.workerEnvironment);
    expect(released.code).toBe(1);
    expect(JSON.parse(released.out)).toMatchObject({
      items: [{ result: 'its record cannot be understood' }],
    });
    world.aws.s3.store.bucket(world.isolationBucket).objects.delete(key);
  });
});
