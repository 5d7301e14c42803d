import { escapeOf, steering } from './terminal.ts';

/**
 * Returns the JSON text of a value. Characters that steer a terminal, which JSON allows in strings, are escaped: so
 * the text is safe to show, and parses to the same value.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(steering, escapeOf);
}
