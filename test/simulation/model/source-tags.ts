import { type FencePorts, fenceTag } from '../../../src/core/fences.ts';
import type { Actor } from '../actor.ts';
import { type Entry, idOf } from './objects.ts';
import type { Surroundings } from './ports.ts';
import { allowed } from './source-buckets.ts';

/** The tags of sources. S3 has no condition for them: a tag hits what lies there at the moment of the call. */
export function createFencePorts(actor: Actor, around: Surroundings): FencePorts {
  const { s3, witness } = around;
  return {
    tags: {
      read: (object, versionId) =>
        actor.call('tags.read', () => {
          allowed(object, 'tags', actor, around);
          const entry = s3.read(object, versionId);
          return entry && Object.entries(entry.tags);
        }),
      replace: (object, versionId, tags) =>
        actor.call('tags.replace', () => {
          allowed(object, 'tags', actor, around);
          const entry = s3.read(object, versionId);
          if (entry === undefined) return { kind: 'absent' } as const;
          const wasFenced = fenceTag in entry.tags;
          setTags(entry, Object.fromEntries(tags));
          const isFenced = fenceTag in entry.tags;
          if (isFenced !== wasFenced) witness.fenced(actor.name, entry, isFenced);
          return {
            kind: 'replaced',
            ...(entry.versionId !== undefined && { versionId: idOf(entry) }),
          } as const;
        }),
    },
    // What a proof says is not the worker's to judge. Here each fence denies.
    proofs: { isProved: async () => true },
  };
}

function setTags(entry: Entry, tags: Entry['tags']): void {
  Object.assign(entry, { tags });
}
