import { describe, expect, it } from 'vitest';
import type { Fence } from '../../../../src/core/fences.ts';
import { aboutFence, aboutFences, fencedText, fenceState } from '../../../../src/core/tell/fence-words.ts';
import { finding } from '../../../support/findings.ts';

const outcome = { name: 'alerted' } as const;
const isolation = (fence: Fence, unfencedVersions: readonly string[] = []) => ({
  outcome,
  fence: { fence, at: new Date(0), unfencedVersions },
});
const about = (fence: Fence) =>
  aboutFence({
    outcome,
    finding: finding(),
    isolation: isolation(fence),
    isolationBucket: 'b',
    messageId: 'm',
  });

describe('what an alert says of a fence', () => {
  it.each([
    ['fenced', `macie-isolator fence lift ${finding().id}`],
    ['tagged', 'macie-isolator fence check'],
    ['open', "Let the worker's role tag the objects of the bucket"],
    ['no-room', 'it has ten tags'],
  ] as const)('%s: what to do', (fence, words) => {
    expect(about(fence)).toContain(words);
  });

  it('no-room: that the object is not fenced', () => {
    expect(about('no-room')).toMatch(/^The object could NOT be fenced/);
  });

  it('open: that the object may be fenced, because a try without an answer may have put the tag', () => {
    const open =
      'may NOT be fenced: S3 refused the tag isolator-fenced, or did not say whether the tag is there.';

    expect(about('open')).toContain(`The object ${open}`);
    expect(aboutFences({ fence: 'open', isContained: false })).toContain(`The objects ${open}`);
  });

  it('is nothing where nothing was fenced', () => {
    expect(aboutFence({ outcome, isolationBucket: 'b', messageId: 'm' })).toBe('');
  });

  it.each([
    ['fenced', 'fenced', 'macie-isolator fence lift <finding id>'],
    ['tagged', 'tagged, but not proved to be fenced', 'macie-isolator fence check'],
    ['open', 'maybe NOT fenced', "Let the worker's role tag the objects of the bucket"],
    ['no-room', 'NOT fenced, with ten tags', 'they have ten tags'],
  ] as const)('%s of several objects: their state, and what to do', (fence, state, words) => {
    const seen = { fence, isContained: fence === 'fenced' };

    expect(fenceState(seen)).toBe(state);
    expect(aboutFences(seen)).toContain(words);
    expect(aboutFences(seen)).not.toContain('STILL READABLE');
  });

  it('is that others may still be readable where other versions of several objects may hold the same bytes', () => {
    const seen = { fence: 'fenced', isContained: false } as const;

    expect(fenceState(seen)).toBe('fenced, but other versions or replicas may hold the same data');
    expect(aboutFences(seen)).toContain(
      'other versions or replicas may hold the same data and be STILL READABLE',
    );
  });

  it('is that others may still be readable where another version may hold the same bytes', () => {
    const alone = fencedText(isolation('fenced'));

    expect(alone).not.toContain('STILL READABLE');
    expect(fencedText(isolation('fenced', ['v2']))).toBe(
      `${alone}, but the versions and replicas named below may hold the same data and are STILL READABLE`,
    );
  });

  it('is that a replica may be readable where nobody could look at the object', () => {
    expect(fencedText({ ...isolation('fenced'), unseen: true })).toBe(
      `${fencedText(isolation('fenced'))}, but nobody could look at it: if S3 replicates it, the replica may be STILL READABLE`,
    );
  });
});
