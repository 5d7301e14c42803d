import { describe, expect, it } from 'vitest';
import { CommandError, usageError } from '../../../../src/cli/frame/command-error.ts';
import { explainError } from '../../../../src/cli/frame/explain-error.ts';

const named = (name: string, more: object = {}) =>
  Object.assign(new Error('foreign text'), { name, ...more });

describe('an error of a command', () => {
  it.each([
    ['its own sentence and exit code', new CommandError('Do this.', 78), 'Do this.', 78],
    ['usage', usageError('Give that.'), 'Give that.', 2],
    ['missing credentials', named('CredentialsProviderError'), '--profile', 78],
    ['wrong credentials', named('SignatureDoesNotMatch'), '--profile', 78],
    ['expired credentials', named('ExpiredToken'), 'Sign in again', 78],
    ['an absent network', named('Error', { code: 'ECONNREFUSED' }), 'could not be reached', 1],
    ['a denial', named('AccessDenied'), 'denies', 1],
    ['a cause', new Error('outer', { cause: named('NoSuchBucket') }), 'isolation bucket does not exist', 78],
    ['what nobody knows', named('Surprise'), 'failed with Surprise', 1],
    ['what is no error', 'text', 'an unknown error', 1],
  ])('is told as a sentence: %s', (_, error, sentence, code) => {
    const told = explainError(error);

    expect(told.sentence).toContain(sentence);
    expect(told.sentence).not.toContain('foreign text');
    expect(told.exitCode).toBe(code);
  });
});
