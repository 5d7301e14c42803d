import { usageError } from './frame/command-error.ts';
import { visible } from './frame/terminal.ts';

/** Refuses what cannot be the id of a finding or the beginning of one, before AWS is asked. */
export function checkFindingId(id: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{5,127}$/.test(id)) return;
  throw usageError(
    `${visible(id)} is no finding id: give the id that alert and record show, or at least its first six characters.`,
  );
}
