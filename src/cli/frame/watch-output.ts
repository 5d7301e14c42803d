import { setImmediate } from 'node:timers/promises';
import { exitCode, exitInterrupted } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** Standard output while a command writes to it. Its errors throw nothing. */
export interface WatchedOutput {
  /** Returns the exit code: an output that could not be written makes it a failure, of which a sentence tells. */
  end(code: number): Promise<number>;
  stopWatching(): void;
}

/** Calls `lost` when the output goes nowhere: nobody reads it any more, as after `list | head`, or the disk is full. */
export function watchOutput(
  { err, out }: Pick<Terminal, 'err' | 'out'>,
  lost: () => void = () => undefined,
): WatchedOutput {
  // The first error is the cause of those after it.
  let first: (Error & { readonly code?: string }) | undefined;
  const listener = (error: Error): void => {
    first ??= error;
    lost();
  };
  out.on('error', listener);
  const stopWatching = () => void out.removeListener('error', listener);
  return {
    stopWatching,
    async end(code) {
      // A write to a file fails at once, but its error is emitted later in the same turn of the event loop.
      await setImmediate();
      stopWatching();
      // That nobody reads the output is no error.
      if (first === undefined || first.code === 'EPIPE') return code;
      err.write(`macie-isolator: Standard output could not be written (${first.code ?? first.name}).\n`);
      return code === exitInterrupted ? code : exitCode.failed;
    },
  };
}
