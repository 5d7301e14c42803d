import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const lines = read('Dockerfile').split('\n');
/** The groups of every line that matches. */
const matches = (pattern: RegExp): readonly Readonly<Record<string, string>>[] =>
  lines.flatMap((line) => {
    const groups = pattern.exec(line)?.groups;
    return groups === undefined ? [] : [groups];
  });

describe('the bases of the image', () => {
  const bases = matches(/^FROM (?<image>[a-z]+:\S+) AS \S+$/).map(({ image }) => image);

  it('are the Node that the tests run on, and Debian, named by FROM itself: Dependabot reads no ARG', () => {
    expect(bases).toEqual([
      `node:${read('.node-version').trim()}-bookworm-slim`,
      expect.stringMatching(/^debian:[a-z]+-slim$/),
    ]);
    expect(matches(/^FROM (?<variable>.*[$].*)$/)).toEqual([]);
  });
});
