import { execFileSync } from 'node:child_process';

/** Makes a pipe that has a name. Node has no call for it. */
export function namedPipe(path: string): string {
  execFileSync('/usr/bin/env', ['mkfifo', path]);
  return path;
}
