import { describe, expect, it } from 'vitest';
import { type FenceProof, fenceSteps, proofLifetimeMs } from '../../../../../src/core/fence/proof.ts';
import { judgeFences } from '../../../../../src/core/operate/doctor/judge-fences.ts';

const now = new Date('2026-11-28T10:00:00Z');
const proofAt = (checkedAt: Date): FenceProof => ({
  accountId: '111122223333',
  bucket: 'lake',
  checkedAt,
  probe: 'probe',
  steps: fenceSteps.map(({ step, wanted }) => ({ step, wanted, got: wanted })),
});
const proof = proofAt(now);
const failed = { ...proof, steps: proof.steps.map((each) => ({ ...each, got: 'allowed' })) };

describe('the fences of buckets with findings', () => {
  it('are well where each is proved, and where nothing is flagged', () => {
    expect(judgeFences([{ bucket: 'lake', proof }], now)).toEqual({ state: 'ok', note: '1 proved' });
    expect(judgeFences([], now)).toEqual({ state: 'ok', note: 'no findings' });
  });

  it('are named with the reason where they are not proved', () => {
    const old = proofAt(new Date(now.getTime() - proofLifetimeMs));

    expect(
      judgeFences(
        [
          { bucket: 'a' },
          { bucket: 'b', proof: failed },
          { bucket: 'c', proof: old },
          { bucket: 'd', proof },
        ],
        now,
      ),
    ).toMatchObject({
      state: 'look',
      why: 'Buckets with findings and without a proved fence: a (not checked), b (failed at read-tagged), c (proof too old).',
    });
  });

  it('are ten at most, and the number of the others', () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ bucket: `b${index}` }));

    expect(judgeFences(many, now)).toMatchObject({
      why: expect.stringMatching(/b9 \(not checked\) and 2 more\.$/),
    });
  });
});
