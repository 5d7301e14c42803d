import { describe, expect, it } from 'vitest';
import {
  type FenceProof,
  failedStep,
  fenceSteps,
  formatProof,
  isProvedBy,
  parseProof,
  proofLifetimeMs,
} from '../../../../src/core/fence/proof.ts';

const checkedAt = new Date('2026-11-27T10:00:00.000Z');
const place = { accountId: '111122223333', bucket: 'lake-raw' };
const proved: FenceProof = {
  ...place,
  checkedAt,
  probe: 'arn:aws:iam::111122223333:role/macie-isolator-fence-probe',
  steps: fenceSteps.map(({ step, wanted }) => ({ step, wanted, got: wanted })),
};
const later = (ms: number) => new Date(checkedAt.getTime() + ms);
const withStep = (name: string, got: string): FenceProof => ({
  ...proved,
  steps: proved.steps.map((taken) => (taken.step === name ? { ...taken, got } : taken)),
});

describe('the proof of a fence', () => {
  it('survives being written and read', () => {
    expect(parseProof(formatProof(proved))).toEqual(proved);
  });

  it('tells people whether it proves, and which step failed', () => {
    expect(JSON.parse(formatProof(proved))).toMatchObject({ proved: true, failed_step: null });
    expect(JSON.parse(formatProof(withStep('untag', 'allowed')))).toMatchObject({
      proved: false,
      failed_step: 'untag',
    });
  });

  it.each([undefined, '', '{', '[]', '{"version":2}', formatProof(proved).replace('"untag"', '"tug"')])(
    'is nothing that %j says',
    (text) => {
      expect(parseProof(text)).toBeUndefined();
    },
  );

  it('is believed for two days and no longer', () => {
    expect(isProvedBy(proved, place, later(0))).toBe(true);
    expect(isProvedBy(proved, place, later(proofLifetimeMs - 1))).toBe(true);
    expect(isProvedBy(proved, place, later(proofLifetimeMs))).toBe(false);
  });

  it('is not believed if it comes from the future', () => {
    expect(isProvedBy(proved, place, later(-5 * 60_000))).toBe(true);
    expect(isProvedBy(proved, place, later(-5 * 60_000 - 1))).toBe(false);
  });

  it.each([
    ['put', 'AccessDenied'],
    ['read', 'denied'],
    ['tag', 'denied'],
    ['read-tagged', 'allowed'],
    ['untag', 'allowed'],
    ['untag', 'SlowDown'],
  ])('proves nothing if the step %s got %s', (step, got) => {
    expect(failedStep(withStep(step, got))).toBe(step);
    expect(isProvedBy(withStep(step, got), place, checkedAt)).toBe(false);
  });

  it('proves nothing without all of its steps, in their order', () => {
    expect(failedStep({ steps: [] })).toBe('put');
    expect(failedStep({ steps: proved.steps.slice(0, 4) })).toBe('untag');
    expect(failedStep({ steps: proved.steps.toReversed() })).toBe('put');
  });

  it('goes by its steps, whatever it says of itself', () => {
    const text = formatProof(withStep('read-tagged', 'allowed')).replace('"proved":false', '"proved":true');

    expect(isProvedBy(parseProof(text), place, checkedAt)).toBe(false);
  });

  it('is of one bucket of one account', () => {
    expect(isProvedBy(proved, { ...place, bucket: 'lake-hr' }, checkedAt)).toBe(false);
    expect(isProvedBy(proved, { ...place, accountId: '999988887777' }, checkedAt)).toBe(false);
    expect(isProvedBy(undefined, place, checkedAt)).toBe(false);
  });
});
