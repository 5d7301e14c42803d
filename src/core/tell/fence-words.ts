import type { FenceSeen } from '../alert-topic.ts';
import { fenceTag } from '../fences.ts';
import { isContained } from '../isolation.ts';
import { type AlertedIsolation, type AlertInput, mayRemain } from './alert-input.ts';

const spared = 'nobody but the roles that the fence spares can read';
const checkFence = 'run `macie-isolator fence check` with the bucket';
const refused = `S3 refused the tag ${fenceTag}, or did not say whether the tag is there. Let the worker's role tag the objects of the bucket.`;

/** Whether it is proved that the object cannot be read where it is. */
export function isFenced(isolation: AlertedIsolation | undefined): isolation is AlertedIsolation {
  return isolation?.fence?.fence === 'fenced';
}

/** Whether the data of a fenced object can be read, without a full stop. */
export function fencedText(isolation: AlertedIsolation): string {
  const fenced = `The object is fenced: ${spared} it`;
  if (isContained(isolation)) return fenced;
  return mayRemain({ isolation })
    ? `${fenced}, but the versions and replicas named below may hold the same data and are STILL READABLE`
    : `${fenced}, but nobody could look at it: if S3 replicates it, the replica may be STILL READABLE`;
}

/** What to do about the fence; empty if nothing was fenced. Only a proved fence is called one. */
export function aboutFence({ finding, isolation }: AlertInput): string {
  switch (isolation?.fence?.fence) {
    case undefined:
      return '';
    case 'fenced':
      return `Take the fence away with \`macie-isolator fence lift ${finding?.id}\`.`;
    case 'tagged':
      return `The object has the tag ${fenceTag}, but nobody has proved that this keeps anybody from reading it: ${checkFence}.`;
    case 'open':
      return `The object may NOT be fenced: ${refused}`;
    case 'no-room':
      return `The object could NOT be fenced: it has ten tags, and S3 takes no more. Take one away, or isolate the object in another way.`;
  }
}

/** The state of the fences of several objects, in a few words. */
export function fenceState({ fence, isContained: isAlone }: FenceSeen): string {
  switch (fence) {
    case 'fenced':
      return isAlone ? 'fenced' : 'fenced, but other versions or replicas may hold the same data';
    case 'tagged':
      return 'tagged, but not proved to be fenced';
    case 'open':
      return 'maybe NOT fenced';
    case 'no-room':
      return 'NOT fenced, with ten tags';
  }
}

/** Whether several objects can be read, and what to do about their fences. */
export function aboutFences({ fence, isContained: isAlone }: FenceSeen): string {
  switch (fence) {
    case 'fenced': {
      const others = isAlone
        ? ''
        : ', but other versions or replicas may hold the same data and be STILL READABLE: `macie-isolator show <finding id>` tells what is known of them';
      return `The objects are fenced: ${spared} them${others}. Take a fence away with \`macie-isolator fence lift <finding id>\`.`;
    }
    case 'tagged':
      return `The objects have the tag ${fenceTag}, but nobody has proved that this keeps anybody from reading them: ${checkFence}.`;
    case 'open':
      return `The objects may NOT be fenced: ${refused}`;
    case 'no-room':
      return `The objects could NOT be fenced: they have ten tags, and S3 takes no more. Take one away from each, or isolate the objects in another way.`;
  }
}
