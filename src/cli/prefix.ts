import { usageError } from './frame/command-error.ts';
import { visible } from './frame/terminal.ts';

/** Throws a usage error for a value of `--prefix` that no installation can have. */
export function checkPrefix(prefix: string): void {
  if (/^[a-z][a-z0-9-]{1,24}[a-z0-9]$/.test(prefix)) return;
  throw usageError(`--prefix takes the Prefix of data-plane.yaml; ${visible(prefix)} cannot be it.`);
}
