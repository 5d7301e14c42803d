import type { Candidate, FindingName } from '../core/operate/records/finding-name.ts';
import { parseFindingName } from '../core/operate/records/finding-name.ts';
import { CommandError, usageError } from './frame/command-error.ts';
import { quoted, visible } from './frame/terminal.ts';
import { addressOf } from './release/release-rows.ts';

/** Parses how a person names a finding or one of its objects. Refuses anything else, before AWS is asked. */
export function findingNamed(text: string): FindingName {
  const name = parseFindingName(text);
  if (name !== undefined) return name;
  throw usageError(
    `${quoted(text)} is no finding id: give the id that alert and record show, or at least its first six characters.`,
  );
}

/** The error for a name without a record. `unreadable` is the key of one that is there, and from which nothing can be read. */
export function noRecord(text: string, unreadable: string | undefined): CommandError {
  if (unreadable === undefined) return new CommandError(`No record of the finding ${text} exists.`);
  return new CommandError(
    `The record of the finding ${text} cannot be understood, or is about no object: ${visible(unreadable)}.`,
  );
}

/** The error for a name that fits several objects: it lists them, each with a name that fits it alone. */
export function ambiguous(text: string, candidates: readonly Candidate[]): CommandError {
  const shown = candidates.slice(0, 20).map(({ name, object }) => `\n  ${name}  ${addressOf(object)}`);
  const more = candidates.length > 20 ? `\n  and ${candidates.length - 20} more` : '';
  return usageError(`${text} fits ${candidates.length} objects; name one of them:${shown.join('')}${more}`);
}
