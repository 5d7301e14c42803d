import { fenceTag } from '../fences.ts';
import { isContained } from '../isolation.ts';
import type { AlertedIsolation, AlertInput } from './alert-input.ts';

/** Whether it is proved that the object cannot be read where it is. */
export function isFenced(isolation: AlertedIsolation | undefined): isolation is AlertedIsolation {
  return isolation?.fence?.fence === 'fenced';
}

/** Whether the data of a fenced object can be read, without a full stop. */
export function fencedText(isolation: AlertedIsolation): string {
  const fenced = 'The object is fenced: nobody but the roles that the fence spares can read it';
  return isContained(isolation)
    ? fenced
    : `${fenced}, but the versions and replicas named below may hold the same data and are STILL READABLE`;
}

/** What to do about the fence; empty if nothing was fenced. Only a proved fence is called one. */
export function aboutFence({ finding, isolation }: AlertInput): string {
  const bucket = '`macie-isolator fence check` with the bucket';
  switch (isolation?.fence?.fence) {
    case undefined:
      return '';
    case 'fenced':
      return `Take the fence away with \`macie-isolator fence lift ${finding?.id}\`.`;
    case 'tagged':
      return `The object has the tag ${fenceTag}, but nobody has proved that this keeps anybody from reading it: run ${bucket}.`;
    case 'open':
      return `The object could NOT be fenced: S3 refused the tag ${fenceTag}. Let the worker's role tag the objects of the bucket.`;
    case 'no-room':
      return `The object could NOT be fenced: it has ten tags, and S3 takes no more. Take one away, or isolate the object in another way.`;
  }
}
