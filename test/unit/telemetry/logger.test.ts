import { describe, expect, it } from 'vitest';
import { describeError } from '../../../src/core/describe-error.ts';
import { RetryableError } from '../../../src/core/errors.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createLogLines } from '../../support/log-lines.ts';

describe('the log', () => {
  it('is JSON with time, level and service on every line', () => {
    const log = createLogLines();
    createLogger({ level: 'info', version: '1.2.3', destination: log.destination }).info('hello');

    expect(log.lines).toMatchObject([
      {
        level: 'info',
        service: 'macie-isolator',
        version: '1.2.3',
        msg: 'hello',
        time: expect.stringMatching(/Z$/),
      },
    ]);
  });

  it('names the worker on every line, and on ECS the task', () => {
    const line = (ecsAgentUri?: string) => {
      const log = createLogLines();
      createLogger({ level: 'info', version: '1', destination: log.destination, ecsAgentUri }).info('hello');
      return log.lines[0];
    };
    const task = '0123456789abcdef0123456789abcdef';

    expect(line()).toMatchObject({ worker: expect.stringMatching(/^.+-\d+$/) });
    expect(line()).not.toHaveProperty('task');
    expect(line(`http://169.254.170.2/api/${task}-1234567890`)).toMatchObject({ task });
    expect(line('http://169.254.170.2/api/local')).not.toHaveProperty('task');
  });

  it("has AWS's ids of the request that failed in what it says of an error, and nothing else of the answer", () => {
    const answer = { requestId: 'R1', extendedRequestId: 'abc+/=', httpStatusCode: 403, cfId: 'secret' };
    const error = Object.assign(new Error('denied'), { $fault: 'client', $metadata: answer });

    expect(describeError(error)).toMatchObject({ requestId: 'R1', extendedRequestId: 'abc+/=' });
    expect(JSON.stringify(describeError(error))).not.toContain('secret');
    expect(
      describeError(Object.assign(new Error('x'), { $metadata: { requestId: 'two words' } })),
    ).not.toHaveProperty('requestId');
  });

  it.each([
    ['a body', { body: 'secret' }],
    ['the body of a message', { message: { Body: 'secret' } }],
    ['headers', { request: { headers: { authorization: 'secret' } } }],
    ['credentials', { credentials: { secretAccessKey: 'secret' } }],
  ])('leaves out the field of %s', (_, fields) => {
    const log = createLogLines();
    createLogger({ level: 'info', version: '1', destination: log.destination }).info(fields, 'x');

    expect(log.lines).toHaveLength(1);
    expect(log.text()).not.toContain('secret');
  });

  it('shows of an error its name, code, text and causes, three deep, and nothing that hangs on it', () => {
    const deep = [1, 2, 3, 4, 5].reduceRight<Error | undefined>(
      (cause, level) =>
        Object.assign(new RetryableError('X', `level ${level}`, { cause }), { $response: 'secret' }),
      undefined,
    );
    const shown = JSON.stringify(describeError(deep));

    expect(shown).toContain('level 4');
    expect(shown).not.toContain('level 5');
    expect(shown).not.toContain('secret');
    expect(describeError('text').message).toContain('no Error');
  });

  it('leaves out the text of an error that quotes what it could not read, in its stack too, and keeps the rest', () => {
    const unreadable = (() => {
      try {
        return JSON.parse('ssn,078-05-1120') as Error;
      } catch (error) {
        return error as Error;
      }
    })();
    unreadable.message += '\n  Deserialization error: to see the raw response, inspect the hidden field.';
    const shown = describeError(
      new RetryableError('SyntaxError', 'ReceiveMessage failed', { cause: unreadable }),
    );

    expect(unreadable.message).toContain('078');
    expect(JSON.stringify([shown, describeError(unreadable)])).not.toContain('078');
    expect(shown).toMatchObject({ message: 'ReceiveMessage failed', cause: { name: 'SyntaxError' } });
    expect(describeError(unreadable).stack).toMatch(/^ {4}at /);
  });

  it.each([
    ['AWS', Object.assign(new Error('is not authorized'), { $fault: 'client' })],
    ['the network', Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' })],
  ])('shows the text of an error of %s', (_, error) => {
    expect(describeError(error).message).toBe(error.message);
  });
});
