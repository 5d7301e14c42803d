import type { Fault } from '../actor.ts';
import type { Simulation } from '../simulation.ts';

/** The calls of an actor that only look: whether they are made changes nothing outside of the actor. */
export const looks: ReadonlySet<string> = new Set([
  'isolation.findUpload',
  'isolation.get',
  'isolation.hash',
  'isolation.head',
  'isolation.list',
  'source.hash',
  'source.head',
  'source.listVersions',
  'source.mayReadTags',
  'source.needsMfa',
  'source.partSizes',
  'source.versioning',
  'tags.read',
]);

/**
 * Whether no other fault leads to the same. A worker that dies leaves nothing behind but what it did. So it is enough
 * that it dies before its first call, and after each call that did something. And a look that is asked again is a look.
 */
export function isOneOfItsOwn(fault: Fault, call: ReturnType<Simulation['callOf']>): boolean {
  if (call === undefined) return true;
  switch (fault) {
    case 'crash-before':
      return call.isFirst;
    case 'crash-after':
    case 'asked-again':
      return !looks.has(call.name);
    default:
      return true;
  }
}
