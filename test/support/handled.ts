import type { Handled } from '../../src/core/tell/conclude.ts';
import { finding } from './findings.ts';

/** The end of a handling that isolated its object, unless a test says otherwise. */
export function handled(overrides: Partial<Handled> = {}): Handled {
  return {
    outcome: { name: 'isolated' },
    settlement: { by: 'delete' },
    finding: finding(),
    alert: 'sent',
    recorded: true,
    ...overrides,
  };
}
