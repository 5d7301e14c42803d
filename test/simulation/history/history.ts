import type { OutcomeName } from '../../../src/core/outcome.ts';
import { Violation } from '../actor.ts';
import type { Rules } from '../deeds.ts';
import type { ModelQueue } from '../model/queue.ts';
import type { ModelS3 } from '../model/s3.ts';
import type { World } from '../world.ts';
import { fingerprintOf, type Handling } from './handling.ts';
import type { FlaggedTruth } from './truth.ts';
import type { KnownWindow } from './windows.ts';

/** What is there, whatever happens to it. */
export interface Scene {
  readonly world: World;
  readonly s3: ModelS3;
  readonly queue: ModelQueue;
  readonly rules: Rules;
  /** In milliseconds. `undefined` where a clock depends on an actor's own life alone. */
  now(): number | undefined;
}

/** What happened so far, and what is there now: all that the promises share. */
export interface History extends Scene {
  /** What each worker handles at the moment. */
  readonly handlings: Map<string, Handling>;
  /** The findings that any worker has begun with. */
  readonly begun: Set<FlaggedTruth>;
  /** Who removed a write. What went in a known window, nobody did. */
  readonly goneBy: Map<string, string>;
  /** When a write was removed, by anybody. */
  readonly goneAt: Map<string, number>;
  /** Markers of workers over a version that has only the ETag of the one that was meant. */
  readonly overSameETag: Set<string>;
  readonly windows: Map<KnownWindow, number>;
  handlingOf(by: string): Handling;
  recorded(flagged: FlaggedTruth, outcome: OutcomeName): boolean;
  noteRecord(flagged: FlaggedTruth, outcome: OutcomeName): void;
  count(window: KnownWindow): void;
  fingerprint(): string;
}

export function createHistory(scene: Scene): History {
  const handlings = new Map<string, Handling>();
  const goneBy = new Map<string, string>();
  const overSameETag = new Set<string>();
  const windows = new Map<KnownWindow, number>();
  const records = new Set<string>();

  return {
    ...scene,
    handlings,
    begun: new Set(),
    goneBy,
    goneAt: new Map(),
    overSameETag,
    windows,
    handlingOf(by) {
      const handling = handlings.get(by);
      if (handling) return handling;
      throw new Violation('never touch other bytes', `${by} acts without a message`);
    },
    recorded: ({ name }, outcome) => records.has(`${name} ${outcome}`),
    noteRecord: ({ name }, outcome) => void records.add(`${name} ${outcome}`),
    count: (window) => void windows.set(window, (windows.get(window) ?? 0) + 1),
    fingerprint: () =>
      [
        [...handlings].map(([by, handling]) => `${by}:${fingerprintOf(handling)}`).sort(),
        [...goneBy].map(([write, by]) => `${write}>${by.startsWith('w')}`).sort(),
        [...overSameETag].sort(),
        [...records].sort(),
      ].join('\n'),
  };
}
