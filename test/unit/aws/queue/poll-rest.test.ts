import { describe, expect, it } from 'vitest';
import { createPollRest } from '../../../../src/aws/queue/poll-rest.ts';

describe('the rest between two polls', () => {
  it('grows while answers are empty long before their wait is over, up to five seconds', () => {
    const rest = createPollRest(20);
    const lengths = Array.from({ length: 8 }, () => {
      rest.answered(0, 1);
      return rest.ms;
    });

    expect(lengths).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  it.each([
    ['an answer with messages', 1, 1],
    ['an empty answer at the end of its wait', 0, 19_900],
  ])('is zero after %s', (_, messages, afterMs) => {
    const rest = createPollRest(20);
    rest.answered(0, 1);
    rest.answered(messages, afterMs);

    expect(rest.ms).toBe(0);
  });

  it('follows errors, and ends with the next answer', () => {
    const rest = createPollRest(20);
    rest.failed();
    expect(rest.ms).toBeGreaterThanOrEqual(1_000);

    rest.answered(1, 1);
    expect(rest.ms).toBe(0);
  });
});
