import { createHash } from 'node:crypto';
import { RegistryError } from './registry-error.ts';

/** Names bytes by their digest, as manifests do. */
export interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * Passes bytes on and throws an error unless they are those that the descriptor names. The last chunk is held back until
 * all bytes are known to be right, so that a receiver never gets wrong bytes as a whole.
 */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  { digest, size }: Descriptor,
  passed: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let seen = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of chunks) {
    seen += chunk.byteLength;
    if (seen > size) throw wrongBytes(digest);
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
    passed(chunk.byteLength);
  }
  if (seen !== size || `sha256:${hash.digest('hex')}` !== digest) throw wrongBytes(digest);
  if (held !== undefined) yield held;
}

export function wrongBytes(digest: string): RegistryError {
  return new RegistryError(
    'wrong-bytes',
    `The registry sends other bytes than those of ${digest}. Nothing was stored under this digest.`,
  );
}
