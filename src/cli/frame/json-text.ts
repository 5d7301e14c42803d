import { harmlessLines } from './terminal.ts';

/**
 * Returns the JSON text of a value. Characters that could steer a terminal, which JSON allows in strings, are escaped:
 * the text is safe to show, and parses to the same value.
 */
export function jsonText(value: unknown, indent?: number): string {
  return harmlessLines(JSON.stringify(value, null, indent));
}
