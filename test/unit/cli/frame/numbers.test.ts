import { describe, expect, it } from 'vitest';
import { exitCode } from '../../../../src/cli/frame/exit-code.ts';
import { commandLine } from '../../../support/command-line.ts';

/** Nothing answers there. A command that comes so far as to ask fails with another code. */
const env = {
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/findings',
  ISOLATION_BUCKET: 'isolation',
};
const forJob = ['jobs', 'create', '--once', '--bucket', 'lake-raw', '--wait'];

describe('a flag that takes a number', () => {
  it.each<[readonly string[], string]>([
    [['status', '--watch', '9999999'], '--watch takes a whole number from 1 to 86400; not 9999999.'],
    [['status', '--days', '999999999'], '--days takes a whole number from 1 to 36500; not 999999999.'],
    [['status', '--max-age', '999999d'], '--max-age takes 36500d at most; not 999999d.'],
    [
      [...forJob, '--poll-seconds', '86401'],
      '--poll-seconds takes a whole number from 1 to 86400; not 86401.',
    ],
    [[...forJob, '--sampling', '101'], '--sampling takes a whole number from 1 to 100; not 101.'],
    [['pause', '--reason', 'tests', '--for', '999999d'], '--for takes 36500d at most; not 999999d.'],
    [['pause', '--reason', 'tests', '--for', '99999999h'], '--for takes minutes, hours or days'],
    [['list', '--since', '999999d'], '--since takes 36500d at most; not 999999d.'],
    [['reconcile', '--since', '36501d'], '--since takes 36500d at most; not 36501d.'],
    [['doctor', '--probe', '--wait', '999999d'], '--wait takes 36500d at most; not 999999d.'],
  ])('takes no value with which the command cannot work: %j', async (argv, sentence) => {
    const { code, err } = await commandLine(argv, env);

    expect(code).toBe(exitCode.usage);
    expect(err).toContain(sentence);
  });
});
