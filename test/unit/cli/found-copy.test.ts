import { describe, expect, it } from 'vitest';
import { namedCopy, presentCopy } from '../../../src/cli/found-copy.ts';

const id = 'a'.repeat(32);

describe('the sentence about a finding without a copy', () => {
  it('shows what the bucket says without what could steer a terminal', () => {
    expect(() => namedCopy(id, { kind: 'not-isolated', outcomes: ['x\u001b[2J\ny'] } as never)).toThrow(
      String.raw`it ended as x\u001b[2J\ny.`,
    );
    expect(() =>
      presentCopy(id, {
        kind: 'copy',
        findingId: id,
        isolationKey: 'objects/x',
        copy: { state: 'unknown', why: 'x\u001b[2J\ny' },
      } as never),
    ).toThrow(String.raw`could not be looked at (x\u001b[2J\ny).`);
  });
});
