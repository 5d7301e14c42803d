import type { CopyFound } from '../core/operate/find-copy.ts';
import type { CopySeen } from '../core/operate/story/look-at-copy.ts';
import { ambiguous, noRecord } from './finding-id.ts';
import { CommandError } from './frame/command-error.ts';
import { visible } from './frame/terminal.ts';

export type PresentCopy = Extract<CopySeen, { readonly key: string }>;

/** The facts about a copy: those of the record, and those that HEAD shows, if HEAD is permitted. */
export interface NamedCopy {
  readonly findingId: string;
  readonly isolationKey: string;
  readonly seen?: PresentCopy;
  /** Why the copy could not be looked at. */
  readonly unseen?: string;
}

/** Returns the copy, or throws the sentence that says why there is none. */
export function namedCopy(id: string, found: CopyFound): NamedCopy {
  switch (found.kind) {
    case 'no-record':
      throw noRecord(id, found.unreadable);
    case 'not-isolated':
      throw new CommandError(
        `The finding ${id} has no copy; it ended as ${found.outcomes.map(visible).join(', ')}.`,
      );
    case 'ambiguous':
      throw ambiguous(id, found.candidates);
    case 'copy':
      break;
  }
  const { copy, findingId, isolationKey } = found;
  if (copy.state === 'absent') {
    throw new CommandError(`A record names a copy of ${findingId}, and there is none. \`show\` tells more.`);
  }
  if (copy.state === 'unknown') return { findingId, isolationKey, unseen: copy.why };
  return { findingId, isolationKey: copy.key, seen: copy };
}

/** Returns a copy that may be looked at, for a command that reads it. */
export function presentCopy(
  id: string,
  found: CopyFound,
): { readonly findingId: string; readonly copy: PresentCopy } {
  const { findingId, seen, unseen } = namedCopy(id, found);
  if (seen !== undefined) return { findingId, copy: seen };
  throw new CommandError(
    `The copy of ${findingId} could not be looked at (${visible(unseen ?? '')}). Only investigators may read copies.`,
  );
}
