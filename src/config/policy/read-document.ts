import { LineCounter, parseDocument } from 'yaml';
import type { PolicyProblem } from './describe-issue.ts';
import { type Places, placesIn } from './place.ts';

export type ReadDocument =
  | { readonly ok: true; readonly value: unknown; readonly places: Places }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** With more aliases, a short text could grow without bound. */
const maximumAliases = 100;

/** Reads YAML 1.2, and therefore JSON, with the place of each value. `what` names the text in problems. */
export function readDocument(text: string, what: string): ReadDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const places = placesIn(document, lines);
  // The parser warns about a tag that is not a type of JSON.
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    const problems = broken.map(({ message, pos: [offset] }) => ({
      message: `The text is not understood: ${message.replace(/\.?$/, '.')}`,
      ...places.of(offset),
    }));
    return { ok: false, problems };
  }
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: maximumAliases }), places };
  } catch {
    const message = `The ${what} uses aliases that multiply: more than ${maximumAliases} are not expanded.`;
    return { ok: false, problems: [{ message, line: 1, column: 1 }] };
  }
}
