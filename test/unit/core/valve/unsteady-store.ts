import { RetryableError } from '../../../../src/core/errors.ts';
import type { ControlObjects } from '../../../../src/core/valve/control-objects.ts';
import { createFakeControlObjects, type FakeControlObjects } from '../../../support/fake-control-objects.ts';

export interface UnsteadyStore {
  readonly objects: FakeControlObjects;
  /** The same objects as workers see them: answers take time, are lost, and name dates that differ. */
  readonly remote: ControlObjects;
  /** From 0 to below 1, the same for the same seed. */
  random(): number;
  /** Time passes at S3. */
  passes(upToMs: number): void;
  /** Others go on meanwhile. */
  ticks(): Promise<void>;
}

/** The hosts of S3 differ by so much, to either side. */
const skewOfHostsMs = 3_000;

export function createUnsteadyStore(seed: number, start: Date): UnsteadyStore {
  let state = seed;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const objects = createFakeControlObjects(start);
  const passes = (upToMs: number) => {
    objects.at = new Date(objects.at.getTime() + random() * upToMs);
  };
  const ticks = async () => {
    for (let i = Math.floor(random() * 8); i > 0; i--) await Promise.resolve();
  };
  const dated = <Answer extends object>(answer: Answer): Answer =>
    'at' in answer
      ? { ...answer, at: new Date(objects.at.getTime() + (random() - 0.5) * 2 * skewOfHostsMs) }
      : answer;
  return {
    objects,
    random,
    passes,
    ticks,
    remote: {
      async read(key) {
        await ticks();
        passes(300);
        return dated(await objects.read(key));
      },
      async write(key, text, ifMatch) {
        await ticks();
        passes(300);
        const answer = await objects.write(key, text, ifMatch);
        if (random() < 0.01) throw new RetryableError('TimeoutError', 'the answer was lost');
        return dated(answer);
      },
    },
  };
}
