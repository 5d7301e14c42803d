import type { Readable } from '../outcome.ts';
import { type AlertInput, mayRemain, readable } from './alert-input.ts';

export const ofTheSameSize =
  'the versions named below have its size and may hold the same data. Look at them, or let Macie scan them.';

/** What to do where the flagged version is gone, and other versions or replicas may hold its data. */
export function aboutRest(input: AlertInput, id: string): string | undefined {
  const exposure = exposureText[readable(input)];
  if (mayRemain(input)) {
    return `${exposure}. Look at the versions and replicas named below: they may hold the same data and are STILL READABLE. ${show(id)}`;
  }
  if (input.isolation?.unseen !== true) return undefined;
  return `${exposure}: nobody could list the versions of the object in the end, and others may hold the same data. Look at them, or let Macie scan the object. ${show(id)}`;
}

export const exposureText: Readonly<Record<Readable, string>> = {
  yes: 'The data is STILL EXPOSED',
  no: 'The data can no longer be read',
  unknown: 'The data may still be readable',
};

export function show(id: string): string {
  return `The whole story: \`macie-isolator show ${id}\`.`;
}
