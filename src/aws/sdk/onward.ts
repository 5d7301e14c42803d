import { RetryableError } from '../../core/errors.ts';

/**
 * Returns a function that takes the place at which a listing says that it goes on. Throws `RetryableError` if the answer
 * names no place, or a place that it named before: whoever repeats pages would keep the listing going for ever.
 */
export function createOnward(what: string): (next: string | undefined) => string {
  const places = new Set<string>();
  return (next) => {
    if (next === undefined || next === '') {
      throw new RetryableError('ListingIncomplete', `a listing of ${what} does not say where it continues`);
    }
    if (places.has(next)) throw new RetryableError('EndlessListing', `a listing of ${what} repeats a page`);
    places.add(next);
    return next;
  };
}
