import { readIdentifiers } from '../../config/identifiers/read-identifiers.ts';
import { demoIdentifiers } from '../../core/operate/macie/demo-identifiers.ts';
import type { IdentifierDefinition } from '../../core/operate/macie/identifiers.ts';
import { usageError } from '../frame/command-error.ts';
import { readTextFile } from '../frame/input-file.ts';
import { visible } from '../frame/terminal.ts';

/** The identifiers of a file, or those of the demo. A file that is wrong ends the command before it does anything. */
export async function identifiersOf(path: string | undefined): Promise<readonly IdentifierDefinition[]> {
  if (path === undefined) return demoIdentifiers;
  const read = readIdentifiers(await readTextFile(path));
  if (read.ok) return read.identifiers;
  const lines = read.problems.map((problem) => `\n  ${visible(problem)}`);
  throw usageError(`${visible(path)} does not define identifiers:${lines.join('')}`);
}
