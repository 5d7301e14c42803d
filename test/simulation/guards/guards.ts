import type { Guard } from './guard.ts';
import { guardsOfBytes } from './guards-of-bytes.ts';
import { guardsOfFences } from './guards-of-fences.ts';
import { guardsOfWords } from './guards-of-words.ts';
import { guardsOfWork } from './guards-of-work.ts';

/** Each of these must be missed: the simulation finds a broken invariant without it. */
export const guards: readonly Guard[] = [
  ...guardsOfBytes,
  ...guardsOfWords,
  ...guardsOfWork,
  ...guardsOfFences,
];
