import { expect, it } from 'vitest';
import { fenceModes, fences, fenceTag, hasFenceTag, withoutFenceTag } from '../../../src/core/fences.ts';
import type { Tag } from '../../../src/core/properties.ts';

const own: readonly Tag[] = [
  ['env', fenceTag],
  ['isolator-fenced-by', 'x'],
];

it('the tag of a fence is told from the tags of the object by its name', () => {
  const fenced: readonly Tag[] = [own[0] as Tag, [fenceTag, ''], own[1] as Tag];

  expect(hasFenceTag(fenced)).toBe(true);
  expect(hasFenceTag(own)).toBe(false);
  expect(hasFenceTag([])).toBe(false);
  expect(withoutFenceTag(fenced)).toStrictEqual(own);
  expect(withoutFenceTag(own)).toStrictEqual(own);
});

// Policies of buckets, records and settings hold these words, so they never change.
it('the words of fences stay as they are', () => {
  expect(fenceTag).toBe('isolator-fenced');
  expect(fences).toStrictEqual(['fenced', 'tagged', 'open', 'no-room']);
  expect(fenceModes).toStrictEqual(['off', 'kept', 'first']);
});
