import type { Writable } from 'node:stream';

/** Calls `closed` when nobody reads the output any more, as after `list | head`. Returns a function that ends that. */
export function whenClosed(out: Writable, closed: () => void): () => void {
  const listener = (error: Error & { code?: string }): void => {
    if (error.code !== 'EPIPE') throw error;
    closed();
  };
  out.on('error', listener);
  return () => void out.removeListener('error', listener);
}
