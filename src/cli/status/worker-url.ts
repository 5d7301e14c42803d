import { usageError } from '../frame/command-error.ts';
import { visible } from '../frame/terminal.ts';

/** Reads the value of `--url`. */
export function workerUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw usageError(
      `--url takes the address of a worker, such as http://worker:8080; not ${visible(text)}.`,
    );
  }
  return url;
}
