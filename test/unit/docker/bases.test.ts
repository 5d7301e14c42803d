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
  const bases = matches(/^FROM (?<image>[a-z]+:\S+) AS (?<stage>\S+)$/);

  // Dependabot reads no ARG.
  it('are named by FROM itself, where Dependabot finds them, and are what a build without arguments uses', () => {
    const defaults = matches(/^ARG (?<name>\w+_IMAGE)=(?<stage>\S+)$/);

    expect(defaults.map(({ name }) => name)).toEqual(['NODE_IMAGE', 'LIBRARIES_IMAGE']);
    expect(bases.map(({ stage }) => stage)).toEqual(defaults.map(({ stage }) => stage));
  });

  it('are the Node that the tests run on, and nothing else', () => {
    const [node, libraries] = bases.map(({ image }) => image);
    expect(node).toBe(`node:${read('.node-version').trim()}-bookworm-slim`);
    expect(libraries).toMatch(/^debian:[a-z]+-slim$/);
  });
});
