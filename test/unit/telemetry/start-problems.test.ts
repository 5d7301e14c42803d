import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../src/core/errors.ts';
import { cannotStartLines, uncaughtErrorLine } from '../../../src/telemetry/start-problems.ts';
import { jsonLines } from '../../support/json-lines.ts';

const parsed = jsonLines<Record<string, unknown>>;

describe('a problem at the start', () => {
  it('is a JSON line of its own, with what every line has', () => {
    const lines = parsed(
      cannotStartLines(['QUEUE_URL is not set, and must be.', 'PORT must be a number.'], '1.2.3'),
    );

    expect(lines).toMatchObject([
      {
        event: 'cannot_start',
        level: 'error',
        service: 'macie-isolator',
        version: '1.2.3',
        problem: 'QUEUE_URL is not set, and must be.',
      },
      {
        event: 'cannot_start',
        problem: 'PORT must be a number.',
        msg: 'macie-isolator cannot start: PORT must be a number.',
      },
    ]);
    expect(lines[0]).toMatchObject({ worker: expect.any(String), time: expect.stringMatching(/Z$/) });
  });

  it('is told as one line too where an error that nothing caught stops the worker', () => {
    expect(parsed(uncaughtErrorLine(new RetryableError('X', 'a\nb'), '1'))).toMatchObject([
      { event: 'uncaught_error', level: 'error', err: { name: 'RetryableError', code: 'X' } },
    ]);
  });
});
