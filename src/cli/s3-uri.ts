import type { Place } from '../core/operate/records/findings-about.ts';
import { usageError } from './frame/command-error.ts';
import { visible } from './frame/terminal.ts';

/** Whether a person means an object, and not an id. */
export function looksLikeUri(text: string): boolean {
  return text.includes(':') || text.includes('/');
}

/** The key is everything after the first `/`, as it is: a key may hold `?`, `#` and `%`. */
export function placeOfUri(text: string): Place {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])\/(.+)$/is.exec(text) ?? [];
  if (bucket === undefined || key === undefined) {
    throw usageError(`${visible(text)} names no object: give s3://bucket/key, with the key as it is.`);
  }
  return { bucket, key };
}
