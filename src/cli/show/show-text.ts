import { blockOf } from '../frame/layout.ts';
import type { Section, Sections } from './show-sections.ts';

/** The sections of a story for people: a title, and below it a name and a value a line. */
export function textOf(
  sections: Partial<Sections>,
  chosen: readonly Section[],
  width: number | undefined,
): string {
  return chosen
    .map((name) => {
      const body = bodyOf(sections[name], width === undefined ? undefined : width - indent.length);
      return `${name.toUpperCase()}\n${body.replaceAll(/^(?=.)/gm, indent)}`;
    })
    .join('\n\n');
}

const indent = '  ';

function bodyOf(value: unknown, width: number | undefined): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none';
    return value.map((one: unknown) => bodyOf(one, width)).join(isNamed(value[0]) ? '\n\n' : '\n');
  }
  if (isNamed(value)) return blockOf(pairsOf(value), width);
  return blockOf([[wordOf(value)]], width);
}

/** Absent facts are left out. Lists in a list, such as versions, are shown one a line. */
function pairsOf(value: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(value).flatMap(([name, of]): [string, string][] => {
    const title = name.replaceAll('_', ' ');
    if (of === null || of === undefined || of === false) return [];
    if (!Array.isArray(of)) return [[title, wordOf(of)]];
    return of.map((one: unknown, index) => [
      index === 0 ? title : '',
      isNamed(one) ? inOneLine(one) : wordOf(one),
    ]);
  });
}

/** Sections hold texts, numbers and truths beside lists and objects. */
function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function inOneLine(value: Readonly<Record<string, unknown>>): string {
  return pairsOf(value)
    .map(([name, text]) => (text === 'true' ? name : `${name} ${text}`))
    .join(', ');
}

function isNamed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
