import { harmless, type Terminal } from './terminal.ts';

/** A line on standard error that is overwritten. On anything but a terminal nothing is written. */
export interface Progress {
  say(text: string): void;
  /** Removes the line, before anything else is written. */
  clear(): void;
}

export function progressOn(terminal: Terminal): Progress {
  if (!terminal.showsProgress) return { say: () => undefined, clear: () => undefined };
  const line = (text: string) => void terminal.err.write(`\r\u001b[2K${text}`);
  let isShown = false;
  return {
    say(text) {
      isShown = true;
      line(harmless(text).slice(0, (terminal.columns ?? 80) - 1));
    },
    clear() {
      if (isShown) line('');
      isShown = false;
    },
  };
}
