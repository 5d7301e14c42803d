import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CloudFormationStandIn,
  startCloudFormation,
} from '../../src/local/cloudformation/start-cloudformation.ts';
import { commandLeaves } from '../support/command-leaves.ts';
import { commandLine } from '../support/command-line.ts';

let cloudFormation: CloudFormationStandIn;
beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  cloudFormation = await startCloudFormation();
});
afterAll(() => cloudFormation.close());

const id = '0'.repeat(32);
const why = ['--reason', 'x'];
/** What each command needs beside the stack. */
const needs: Readonly<Record<string, readonly string[]>> = {
  'policy explain': ['-'],
  show: [id],
  isolate: ['s3://lake-raw/a.csv', ...why],
  get: [id, '--out', join(tmpdir(), `isolator-${randomUUID()}`), ...why],
  hold: [id, ...why],
  unhold: [id, ...why],
  release: [id, ...why],
  'fence policy': ['lake-raw'],
  'fence check': ['lake-raw'],
  'fence lift': [id, ...why],
  'dlq show': [id],
  'dlq replay': ['--all'],
  'dlq discard': ['--all', ...why],
  backfill: ['--since', '1d'],
  pause: why,
  resume: why,
  'policy simulate': ['--since', '1d'],
  'jobs create': ['--bucket', 'lake-raw', '--once'],
};
/** Without a policy in POLICY_FILE or with a file of its own, these ask nothing of AWS. */
const withStack = commandLeaves().filter(([, command]) =>
  command.options.some(({ long }) => long === '--stack'),
);

describe('--stack with a name that no stack has', () => {
  it('is a flag of each command that asks AWS', () => {
    expect(withStack.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(needs)));
  });

  it.each(withStack.map(([name]) => name).filter((name) => name !== 'identifiers test'))(
    'ends with 78 and one sentence: %s',
    async (name) => {
      const argv = [...name.split(' '), ...(needs[name] ?? []), '--stack', 'none\u001b[31m'];
      const run = await commandLine(argv, {
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.endpoint,
      });

      expect(run).toMatchObject({ code: 78, out: '' });
      expect(run.err).toBe(
        'macie-isolator: The stack none\\u001b[31m does not exist in this account and region.\n',
      );
    },
  );
});
