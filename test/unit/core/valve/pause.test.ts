import { describe, expect, test } from 'vitest';
import { formatPause, holds, type Pause, parsePause } from '../../../../src/core/valve/pause.ts';

const since = new Date('2026-11-27T22:10:00Z');
const pause: Pause = { paused: true, by: 'arn:aws:sts::1:assumed-role/ops/ann', reason: 'wrong rule', since };

describe('the stored pause', () => {
  test('has the shape that workers read', () => {
    expect(JSON.parse(formatPause(pause))).toEqual({
      version: 1,
      paused: true,
      by: pause.by,
      reason: 'wrong rule',
      since: '2026-11-27T22:10:00.000Z',
      until: null,
      budget: null,
    });
  });

  test.each([
    pause,
    { ...pause, paused: false, budget: 20_000 },
    { ...pause, until: new Date(since.getTime() + 1) },
  ])('is read as it was written', (written) => {
    expect(parsePause(formatPause(written))).toEqual(written);
  });

  test.each([
    ['no JSON', 'paused'],
    ['a list', '[]'],
    ['another version', JSON.stringify({ ...JSON.parse(formatPause(pause)), version: 2 })],
    ['a word for paused', JSON.stringify({ ...JSON.parse(formatPause(pause)), paused: 'false' })],
    ['a time that is none', JSON.stringify({ ...JSON.parse(formatPause(pause)), until: 'tomorrow' })],
    ['a budget below zero', JSON.stringify({ ...JSON.parse(formatPause(pause)), budget: -1 })],
    [
      'a time without a zone',
      JSON.stringify({ ...JSON.parse(formatPause(pause)), until: '2026-11-28T02:10:00' }),
    ],
    [
      'a day that is none',
      JSON.stringify({ ...JSON.parse(formatPause(pause)), until: '2026-02-30T02:10:00Z' }),
    ],
    ['no end, not even null', JSON.stringify({ ...JSON.parse(formatPause(pause)), until: undefined })],
    ['an unknown field', JSON.stringify({ ...JSON.parse(formatPause(pause)), extra: 1 })],
  ])('is damaged where it is %s', (_, text) => {
    expect(parsePause(text)).toBeUndefined();
  });
});

describe('a pause', () => {
  test('holds until a person resumes', () => {
    expect(holds(pause, new Date('2027-11-27T22:10:00Z'))).toBe(true);
    expect(holds({ ...pause, paused: false }, since)).toBe(false);
    expect(holds(undefined, since)).toBe(false);
  });

  test('ends at the same moment in whatever zone its end was written', () => {
    const written = { ...JSON.parse(formatPause(pause)), until: '2026-11-28T02:10:00+02:00' };
    const read = parsePause(JSON.stringify(written));
    expect(holds(read, new Date('2026-11-28T00:09:59.999Z'))).toBe(true);
    expect(holds(read, new Date('2026-11-28T00:10:00Z'))).toBe(false);
  });

  test('whose end lies before its beginning is over', () => {
    expect(holds({ ...pause, until: new Date(since.getTime() - 1) }, since)).toBe(false);
  });

  test('ends by itself where it was given an end', () => {
    const until = new Date('2026-11-28T00:10:00Z');
    expect(holds({ ...pause, until }, new Date(until.getTime() - 1))).toBe(true);
    expect(holds({ ...pause, until }, until)).toBe(false);
  });
});
