import { describe, expect, it, vi } from 'vitest';
import { createPolicyRejections } from '../../../src/compose/policy-rejections.ts';

/** Lets what was told end. */
const end = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the rejections of a policy', () => {
  it('are told once for each text', async () => {
    const tell = vi.fn(async () => undefined);
    const rejections = createPolicyRejections(tell);

    for (const text of ['bad x', 'bad x', 'bad y']) {
      rejections.begins(text);
      await end();
      rejections.goesOn(text);
      await end();
    }

    expect(tell.mock.calls).toEqual([['bad x'], ['bad x'], ['bad y']]);
  });

  it('are told again until it succeeds', async () => {
    const tell = vi
      .fn(async () => undefined)
      .mockRejectedValueOnce(new Error('SNS is away'))
      .mockRejectedValueOnce(new Error('SNS is away'));
    const rejections = createPolicyRejections(tell);

    rejections.begins('bad x');
    for (let read = 2; read <= 5; read++) {
      await end();
      rejections.goesOn('bad x');
    }
    await end();

    expect(tell).toHaveBeenCalledTimes(3);
  });

  it('are told by one call at a time', async () => {
    const answer = Promise.withResolvers<undefined>();
    const tell = vi.fn(() => answer.promise);
    const rejections = createPolicyRejections(tell);

    rejections.begins('bad x');
    rejections.goesOn('bad x');
    answer.resolve(undefined);
    await end();

    expect(tell).toHaveBeenCalledTimes(1);
  });
});
