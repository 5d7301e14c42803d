import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../../src/core/outcome.ts';

const file = 'deploy/ecs/evidence.yaml';
const lines = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8').split('\n');
const missed = Object.entries(outcomes).flatMap(([name, row]) => (row.objective === 'missed' ? [name] : []));

/** The first line from there on with this text, and the words that it quotes. */
function quotedAt(text: string, from = 0): { readonly line: number; readonly words: readonly string[] } {
  const line = lines.findIndex((each, index) => index >= from && each.includes(text));
  const words = [...(lines[line] ?? '').matchAll(/'(\w+)'/g)].flatMap(([, word]) => word ?? []);
  return { line, words };
}

describe('the query of what can still be read', () => {
  const start = lines.findIndex((line) => line.includes('StillExposed:'));
  const asked = quotedAt('WHERE outcome IN', start);
  const ended = quotedAt('later.outcome IN', start);

  it('asks for every outcome that misses the objective, and for no other', () => {
    expect(asked.words.toSorted(), `${file}:${asked.line + 1}`).toEqual(missed.toSorted());
  });

  it('lets only outcomes end it that there are, and none that misses the objective', () => {
    expect(ended.words.length).toBeGreaterThan(0);
    const wrong = ended.words.filter((word) => !(word in outcomes) || missed.includes(word));
    expect(wrong, `${file}:${ended.line + 1}`).toEqual([]);
  });
});
