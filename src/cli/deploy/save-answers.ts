import { answersText } from '../../config/deploy/read-answers.ts';
import type { Answers } from '../../core/deploy/answers.ts';
import { newFile } from '../new-file.ts';

/** Saves the answers for `--file`. No file is overwritten. */
export async function saveAnswers(path: string, answers: Answers, signal: AbortSignal): Promise<void> {
  const file = await newFile(path);
  try {
    await file.write(bytesOf(answersText(answers)), signal);
    await file.keep();
  } finally {
    await file.discard();
  }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
