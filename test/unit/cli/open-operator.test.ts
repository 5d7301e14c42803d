import { describe, expect, it } from 'vitest';
import { exitCode } from '../../../src/cli/frame/exit-code.ts';
import { commandLine } from '../../support/command-line.ts';

/** Nothing answers there. A command that comes so far as to ask fails with another code. */
const env = {
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/findings',
  ISOLATION_BUCKET: 'isolation',
};

describe('the flags by which a command finds AWS and the installation', () => {
  it.each<[readonly string[], string]>([
    [['--region', ''], '--region takes an AWS region, such as eu-central-1; not an empty text.'],
    [['--region', 'Frankfurt'], '--region takes an AWS region, such as eu-central-1; not Frankfurt.'],
    [['--endpoint-url', 'foo'], '--endpoint-url takes a URL, such as http://localhost:4566; not foo.'],
    [['--endpoint-url', ''], '--endpoint-url takes a URL, such as http://localhost:4566; not an empty text.'],
    [['--profile', ''], '--profile takes a name of the AWS configuration; not an empty text.'],
    [['--stack', ''], '--stack takes the name of a stack; not an empty text.'],
    [['--set', 'ISOLATON_BUCKET=my-bucket'], 'There is no setting ISOLATON_BUCKET.'],
    [['--set', 'isolation'], '--set takes NAME=value'],
  ])('are refused with a wrong value, which is named: %j', async (flags, sentence) => {
    for (const command of [['list'], ['policy', 'show'], ['jobs', 'list']]) {
      const { code, err } = await commandLine([...command, ...flags], env);

      expect(code).toBe(exitCode.usage);
      expect(err).toContain(sentence);
    }
  });

  it.each(['ISOLATION_BUCKET=other', 'AWS_DEFAULT_REGION=eu-central-1'])(
    'take every setting that has an effect: %s',
    async (assignment) => {
      const { code } = await commandLine(['policy', 'show', '--json', '--set', assignment], env);

      expect(code).not.toBe(exitCode.usage);
    },
  );
});
