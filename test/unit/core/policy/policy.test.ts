import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/core/finding.ts';
import { decideByDefault } from '../../../../src/core/policy/policy.ts';
import { finding } from '../../../support/findings.ts';

describe('decideByDefault', () => {
  it('isolates what is rated High', () => {
    expect(decideByDefault(finding({ severity: 'High' }))).toEqual({
      action: 'isolate',
      rule: 'high-severity',
    });
  });

  it.each(['Medium', 'Low'] as const)('alerts about what is rated %s', (severity) => {
    expect(decideByDefault(finding({ severity }))).toEqual({ action: 'alert', rule: 'default' });
  });

  it('alerts about what has no rating', () => {
    const { severity: _, ...unrated } = finding();

    expect(decideByDefault(unrated satisfies Finding)).toEqual({ action: 'alert', rule: 'default' });
  });
});
