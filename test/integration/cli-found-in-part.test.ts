import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount } from '../../src/local/account.ts';
import { MacieError } from '../../src/local/macie/macie-error.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { commandLine } from '../support/command-line.ts';
import { sendTo } from '../support/dead-letters.ts';
import { finding } from '../support/findings.ts';
import { jsonLines } from '../support/json-lines.ts';
import { seededId, seedRecord } from '../support/seeded-records.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let folder: string;
const [first, second] = [seededId(1), seededId(2)];
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'found-in-part-'));
  world = await startWorld({ stopped: true });
  const bucket = world.bucket();
  const lines: string[] = [];
  for (let number = 0; number < 11; number += 1) {
    const { eTag, key } = await world.upload(bucket, `in/${number}.csv`, 'name\n');
    lines.push(JSON.stringify({ account_id: localAccount, bucket, key, etag: eTag }));
  }
  writeFileSync(file('plan.jsonl'), lines.join('\n'));
  for (const id of [first, second]) {
    const object = { ...finding().object, accountId: localAccount, bucket, key: 'in/0.csv' };
    seedRecord(world, { finding: { id, object } });
  }
  await sendTo(world, world.aws.dataPlane.deadLetterQueueUrl, 'body', { Reason: 'denied', FindingId: first });
  world.aws.s3.faults.inject({
    kind: new S3Error('NotImplemented'),
    when: ({ bucket: at, key }) => key.includes(second) || (at === bucket && key === 'in/10.csv'),
  });
  let tests = 0;
  world.aws.macie.refuse(({ operation }) => {
    tests += operation === 'TestCustomDataIdentifier' ? 1 : 0;
    return tests % 2 === 0 ? new MacieError('AccessDeniedException', 'denied') : undefined;
  });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const run = (argv: readonly string[]) => {
  const { rulesDeadLetterQueueUrl } = world.aws.dataPlane;
  const env = { RULES_DEAD_LETTER_QUEUE_URL: `${rulesDeadLetterQueueUrl}-gone` };
  return commandLine(argv, { ...world.aws.workerEnvironment, ...env });
};
const why = ['--reason', 'case 12', '--dry-run'];

describe('a command that only looks, and fails in the middle', () => {
  it.each<[string, () => readonly string[], number]>([
    ['identifiers test', () => ['--macie'], 1],
    ['isolate', () => ['--plan', file('plan.jsonl'), ...why], 10],
    ['release', () => [first, second, ...why], 1],
    ['fence lift', () => [first, second, ...why], 1],
    ['dlq list', () => [], 1],
    ['dlq show', () => [first], 1],
    ['dlq replay', () => ['--all', '--dry-run'], 1],
    ['dlq discard', () => ['--all', ...why], 1],
  ])('%s shows what it found, and as JSON no whole document', async (command, flags, count) => {
    const argv = [...command.split(' '), ...flags()];

    const lines = await run([...argv, '--jsonl']);
    const document = await run([...argv, '--json']);

    expect(jsonLines(lines.out)).toHaveLength(count);
    expect(lines.code).not.toBe(0);
    expect(document.out).toMatch(/^\{\n {2}"items": \[\n/);
    expect(() => JSON.parse(document.out) as unknown).toThrow(SyntaxError);
  });
});
