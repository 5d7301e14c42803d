import { describe, expect, it } from 'vitest';
import { describeError, requestIdsOf } from '../../../src/core/describe-error.ts';
import { HandedBackError, RefusedError, RetryableError } from '../../../src/core/errors.ts';

const leftOut = 'left out: it may quote what was read';
const withName = (name: string) => Object.assign(new Error('its text'), { name });
const withFields = (fields: object) => Object.assign(new Error('its text'), fields);

describe('the description of an error', () => {
  it.each<[string, Error]>([
    ['an error of this service that may pass', new RetryableError('SlowDown', 'its text')],
    ['a message handed back', new HandedBackError('HandedBack', 'its text')],
    ['a refusal', new RefusedError('sse-c', 'its text')],
    ['AWS that blames the client', withFields({ $fault: 'client' })],
    ['AWS that blames itself', withFields({ $fault: 'server' })],
    ['the system', withFields({ syscall: 'connect' })],
    ...[
      'AbortError',
      'CredentialsProviderError',
      'TaskProtectionError',
      'TimeoutError',
      'TokenProviderError',
    ].map((name): [string, Error] => [name, withName(name)]),
  ])('has the text of %s', (_, error) => {
    expect(describeError(error).message).toBe('its text');
  });

  it.each<[string, Error]>([
    ['an ordinary error', new Error('its text')],
    ['a parser', new SyntaxError('Unexpected token in {"ssn": "078-05-1120"')],
    ['an error without a name', withName('')],
    ['a fault of another kind', withFields({ $fault: 'network' })],
    ['a system call that is no name', withFields({ syscall: 7 })],
  ])('leaves out the text of %s, which may quote data', (_, error) => {
    expect(describeError(error).message).toBe(leftOut);
  });

  it('has the name, and the code where it is a text', () => {
    expect(describeError(new RetryableError('SlowDown', 'later'))).toMatchObject({
      name: 'RetryableError',
      code: 'SlowDown',
    });
    expect(describeError(withFields({ code: 7 }))).not.toHaveProperty('code');
  });

  it.each(['secret', undefined, null, { message: 'secret' }])(
    'has nothing of what is no error: %j',
    (thrown) => {
      const description = describeError(thrown);

      expect(description).toStrictEqual({
        name: 'UnknownError',
        message: expect.stringMatching(/^something/),
      });
    },
  );

  it('has the frames of the stack, and no text before, between or after them', () => {
    const stack = [
      'Error: secret',
      '    at the end of secret',
      '    at run (file:///app/main.js:10:25)',
      '    at file:///app/main.js:3:7',
      '    at Array.map (<anonymous>)',
      '    at <anonymous>',
      '    at new Promise (native)',
      '    at native',
      '   at less (file:///app/main.js:1:1)',
      '     secret    at run (file:///app/main.js:1:1)',
      '    at run (file:///app/main.js:1:1) secret',
      '    at run (file:///app/main.js:1:)',
    ].join('\n');

    expect(describeError(withFields({ stack })).stack).toBe(
      [
        '    at run (file:///app/main.js:10:25)',
        '    at file:///app/main.js:3:7',
        '    at Array.map (<anonymous>)',
        '    at <anonymous>',
        '    at new Promise (native)',
        '    at native',
      ].join('\n'),
    );
  });

  it.each(['Error: secret', '', undefined])('has no stack where there are no frames: %j', (stack) => {
    expect(describeError(withFields({ stack }))).toStrictEqual({ name: 'Error', message: leftOut });
  });

  it('has the causes three deep, and the stack of the first error alone', () => {
    const chain = ['e', 'd', 'c', 'b', 'a'].reduce<Error | undefined>(
      (cause, code) => new RetryableError(code, code, { cause }),
      undefined,
    );

    const { stack, ...rest } = describeError(chain);

    const of = (code: string) => ({ name: 'RetryableError', code, message: code });
    expect(stack).toContain('describe-error.test.ts');
    expect(rest).toStrictEqual({
      ...of('a'),
      cause: { ...of('b'), cause: { ...of('c'), cause: of('d') } },
    });
  });

  it('has the request ids of AWS', () => {
    const $metadata = { requestId: 'R1', extendedRequestId: 'E+/=_-1' };

    expect(describeError(withFields({ $metadata, stack: '' }))).toStrictEqual({
      name: 'Error',
      message: leftOut,
      requestId: 'R1',
      extendedRequestId: 'E+/=_-1',
    });
  });
});

describe('the request ids', () => {
  it.each([undefined, null, 'text', {}, { $metadata: {} }, { $metadata: null }])(
    'are absent in %j',
    (error) => {
      expect(requestIdsOf(error)).toStrictEqual({});
    },
  );

  it.each(['', 'two words', 'a\nb', 'x'.repeat(201), 7])('are absent in another form: %j', (id) => {
    const $metadata = { requestId: id, extendedRequestId: 'E1' };

    expect(requestIdsOf({ $metadata })).toStrictEqual({ extendedRequestId: 'E1' });
    expect(requestIdsOf({ $metadata: { requestId: 'R1', extendedRequestId: id } })).toStrictEqual({
      requestId: 'R1',
    });
  });

  it('have at most 200 characters', () => {
    expect(requestIdsOf({ $metadata: { requestId: 'x'.repeat(200) } })).toStrictEqual({
      requestId: 'x'.repeat(200),
    });
  });
});
