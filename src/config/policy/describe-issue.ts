import type { z } from 'zod';
import { nearest } from './nearest.ts';
import type { Path, Place, Places } from './place.ts';

/** The words of one kind of document. */
export interface DocumentWords {
  /** Names the document, such as `the policy`. */
  readonly whole: string;
  /** The names of the fields at a path, to find the one that was meant. */
  readonly fieldNames: (path: Path) => readonly string[];
}

/** A problem of a document as a sentence, with its place. */
export interface PolicyProblem extends Place {
  readonly message: string;
}

/** Describes a problem of the schema for people. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  places: Places,
  words: DocumentWords,
): PolicyProblem[] {
  const path = issue.path as Path;
  const placeName = (of: Path) => nameOf(of) || words.whole;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = nearest(key, words.fieldNames(path));
      return {
        message: `There is no field ${JSON.stringify(key)} in ${placeName(path)}.${near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`}`,
        ...places.name([...path, key]),
      };
    });
  }
  if (issue.code === 'invalid_union') {
    const inner = closestBranch(issue);
    if (inner !== undefined) return describeIssue(inner, places, words);
  }
  if (issue.code === 'invalid_key') {
    const [about] = issue.issues;
    const message = `${placeName(path.slice(0, -1))} has the name ${JSON.stringify(String(path.at(-1)))}, which ${about ? wording(about) : 'is not valid'}.`;
    return [{ message: capital(message), ...places.name(path) }];
  }
  const isAbsent = issue.code === 'invalid_type' && issue.input === undefined;
  const message = isAbsent
    ? `${placeName(path.slice(0, -1))} has no ${JSON.stringify(String(path.at(-1)))}.`
    : `${placeName(path)} ${wording(issue)}.`;
  return [{ message: capital(message), ...places.value(path) }];
}

function capital(message: string): string {
  return message.replace(/^the /, 'The ');
}

/** For a value with several possible forms, the problem of the closest form is the most helpful. */
function closestBranch({
  errors,
  message,
  path,
}: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue | undefined {
  const depth = (issues: readonly z.core.$ZodIssue[]) =>
    Math.max(0, ...issues.map((each) => each.path.length));
  const [best = []] = errors
    .filter((branch) => branch.length > 0)
    .toSorted((one, other) => depth(other) - depth(one));
  const [first] = best;
  if (first === undefined || (depth(best) === 0 && message !== 'Invalid input')) return undefined;
  return { ...first, path: [...path, ...first.path] };
}

/** The texts of this project say what is required; the texts of zod say what was not expected. */
function wording({ message }: z.core.$ZodIssue): string {
  return /^(must|is) /.test(message) ? message : `is not valid: ${message}`;
}

/** Names a place as people would: `rules[2].when.key`. */
function nameOf(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}
