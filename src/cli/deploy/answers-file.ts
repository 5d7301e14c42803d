import { answersText } from '../../config/deploy/read-answers.ts';
import type { Answers } from '../../core/deploy/answers.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { newFile } from '../new-file.ts';

/**
 * Begins a file for the answers, which `--file` takes, so that nobody answers questions for a path that cannot be written.
 * No file is overwritten.
 */
export async function answersFile(
  path: string,
  { atEnd, signal }: Pick<CommandContext, 'atEnd' | 'signal'>,
): Promise<(answers: Answers) => Promise<void>> {
  const file = await newFile(path);
  atEnd(() => file.discard());
  return async (answers) => {
    await file.write(bytesOf(answersText(answers)), signal);
    await file.keep();
    await file.discard();
  };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
