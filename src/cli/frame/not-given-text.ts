import { countText } from './size-text.ts';

/** Says that a command did not see all findings. Macie gave no finding for an id of its own list. */
export function notGivenText(count: number): string {
  return `Macie listed ${countText(count, 'finding')} and did not give ${count === 1 ? 'it' : 'them'}. Run the command again.`;
}
