import { parse } from 'yaml';
import * as z from 'zod';
import {
  type IdentifierDefinition,
  identifierLimits as limits,
} from '../../core/operate/macie/identifiers.ts';
import { unsupportedIn } from '../../core/operate/macie/match-identifier.ts';

export type ReadIdentifiers =
  | { readonly ok: true; readonly identifiers: readonly IdentifierDefinition[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a file of identifiers, YAML or JSON. Every problem is named with its place. */
export function readIdentifiers(text: string): ReadIdentifiers {
  let document: unknown;
  try {
    // No aliases: a few lines could grow to any size.
    document = parse(text, { maxAliasCount: 0 });
  } catch {
    return { ok: false, problems: ['the file is neither YAML nor JSON'] };
  }
  const read = file.safeParse(document);
  if (read.success) {
    const { identifiers } = read.data;
    return {
      ok: true,
      identifiers: identifiers.map(({ description, ...rest }) => ({
        ...rest,
        ...(description !== undefined && { description }),
      })),
    };
  }
  return {
    ok: false,
    problems: read.error.issues.map(({ message, path }) => `${placeOf(path)}${message}`),
  };
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0
    ? ''
    : `${path
        .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
        .join('')
        .slice(1)}: `;
}

const words = (most: number, { least, most: longest }: { readonly least: number; readonly most: number }) =>
  z.array(z.string().min(least).max(longest)).max(most).default([]);

const identifier = z.strictObject({
  name: z.string().min(1).max(limits.name),
  description: z.string().min(1).max(limits.description).optional(),
  regex: z
    .string()
    .min(1)
    .max(limits.regex)
    .superRefine((regex, context) => {
      const part = unsupportedIn(regex);
      if (part !== undefined) context.addIssue(`Macie does not support ${part}`);
    }),
  keywords: words(limits.keywords, limits.keyword),
  ignoreWords: words(limits.ignoreWords, limits.ignoreWord),
  maximumMatchDistance: z
    .int()
    .min(limits.distance.least)
    .max(limits.distance.most)
    .default(limits.distance.usual),
  tests: z
    .array(z.strictObject({ text: z.string().min(1).max(1_000), matches: z.int().min(0) }))
    .max(100)
    .default([]),
});

const file = z
  .strictObject({ version: z.literal(1), identifiers: z.array(identifier).min(1).max(100) })
  .superRefine(({ identifiers }, context) => {
    const names = identifiers.map(({ name }) => name);
    for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index))) {
      context.addIssue({
        code: 'custom',
        path: ['identifiers'],
        message: `${JSON.stringify(name)} is there twice`,
      });
    }
  });
