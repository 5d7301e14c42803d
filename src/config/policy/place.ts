import { type Document, isMap, isPair, isScalar, type LineCounter, type Node } from 'yaml';

/** The members that lead to a value: `['rules', 2, 'when']`. */
export type Path = readonly (string | number)[];

/** A position in the text of the policy, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Places {
  of(offset: number): Place;
  /** Returns the place of a value or, if the value is absent, of its nearest parent that exists. */
  value(path: Path): Place;
  /** Returns the place of the name of a member. */
  name(path: Path): Place;
}

/** Finds the places of values in a parsed document. */
export function placesIn({ contents }: Document, lines: LineCounter): Places {
  const of = (offset: number): Place => {
    const { col, line } = lines.linePos(offset);
    return { line, column: col };
  };
  const start = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];
  const find = (path: Path): { readonly name: number; readonly value: number } => {
    let node: unknown = contents;
    let found = { name: start(contents) ?? 0, value: start(contents) ?? 0 };
    for (const part of path) {
      const pair = isMap(node)
        ? node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === part)
        : undefined;
      const next: unknown = pair ? pair.value : itemOf(node, part);
      const value = start(next);
      const name = start(pair?.key) ?? value;
      if (name === undefined) break;
      found = { name, value: value ?? name };
      node = next;
    }
    return found;
  };
  return { of, value: (path) => of(find(path).value), name: (path) => of(find(path).name) };
}

function itemOf(node: unknown, part: string | number): unknown {
  const { get } = (node ?? {}) as { readonly get?: (at: string | number, keepScalar: true) => unknown };
  return get?.call(node, part, true);
}
