import { type AnswerProblem, checkAnswers, readAnswers } from '../../config/deploy/read-answers.ts';
import type { AnswerName, Answers, GivenAnswers } from '../../core/operate/deploy/answers.ts';
import { missingAnswers, type Question, questions } from '../../core/operate/deploy/questions.ts';
import { openPrompt } from '../frame/ask.ts';
import { usageError } from '../frame/command-error.ts';
import { type Terminal, visible } from '../frame/terminal.ts';
import { readTextFile } from '../policy/open-policy.ts';
import { type AnswerFlags, answerFlag, givenByFlags } from './answer-flags.ts';

/**
 * Returns the answers of flags, of the file, of what is deployed already (`presentOf`, which gets the others) and, on a
 * terminal, of a person who is asked for the rest. Throws a usage error that names everything that is missing or wrong.
 */
export async function collectAnswers(
  flags: AnswerFlags,
  terminal: Terminal,
  signal: AbortSignal,
  presentOf: (given: GivenAnswers) => Promise<GivenAnswers> = async () => ({}),
): Promise<Answers> {
  const byFlags = givenByFlags(flags);
  const file = flags.file === undefined ? undefined : await readFileOf(flags.file);
  const answered = { ...file?.given, ...byFlags };
  const given = { ...(await presentOf(answered)), ...answered };
  // Wrong answers are named before anybody is asked for more.
  const isUnasked = ({ name }: AnswerProblem) => name === undefined || Object.hasOwn(given, name);
  const checked = checkAnswers(given, file?.places);
  if (!checked.ok) {
    const wrong = checked.problems
      .filter(isUnasked)
      .map((problem) => lineOf(problem, flags.file, Object.keys(byFlags)));
    const missing = terminal.isInteractive ? [] : missingAnswers(given).map(missingLine);
    if (wrong.length + missing.length > 0) throw refused([...wrong, ...missing]);
  }
  return ended(terminal.isInteractive ? await askForRest(given, terminal, signal) : given);
}

async function readFileOf(path: string) {
  const read = readAnswers(await readTextFile(path));
  if (read.ok) return read;
  throw refused(read.problems.map((problem) => lineOf(problem, path, [])));
}

function ended(given: GivenAnswers): Answers {
  const checked = checkAnswers(given);
  if (checked.ok) return checked.answers;
  throw refused(checked.problems.map(({ message }) => visible(message)));
}

async function askForRest(
  given: GivenAnswers,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<GivenAnswers> {
  // Whoever gave all that is needed is not asked for the rest.
  if (missingAnswers(given).length === 0) return given;
  const prompt = openPrompt(terminal, signal);
  try {
    let answers = given;
    for (const question of questions) {
      if (question.isOpen(answers)) answers = await answered(question, answers, prompt.ask, terminal);
    }
    return answers;
  } finally {
    prompt.close();
  }
}

/** Asks until the answer is valid. */
async function answered(
  { name, text, usual }: Question,
  given: GivenAnswers,
  ask: (question: string) => Promise<string>,
  terminal: Terminal,
): Promise<GivenAnswers> {
  for (;;) {
    const typed = (await ask(`${text}${usual ? ` [${usual}]` : ''}: `)).trim();
    const answer = typed === '' ? usual : typed;
    const next =
      name === 'sourceBuckets' && answer === ''
        ? { ...given, trialBucket: 'versioned' }
        : { ...given, [name]: answer };
    const checked = checkAnswers(next);
    const problem = checked.ok ? undefined : checked.problems.find((each) => each.name === name);
    if (problem === undefined) return next;
    terminal.err.write(`${visible(problem.message)}\n`);
  }
}

function lineOf(problem: AnswerProblem, file: string | undefined, flags: readonly string[]): string {
  const { column, line, message, name } = problem;
  if (name !== undefined && flags.includes(name)) return `${answerFlag(name)}: ${visible(message)}`;
  return `${visible(file ?? '')}:${line}:${column}: ${visible(message)}`;
}

function missingLine(name: AnswerName): string {
  return `${answerFlag(name)}, or ${name} in --file, is missing.`;
}

function refused(lines: readonly string[]): Error {
  return usageError(`Answers are missing or wrong:${lines.map((line) => `\n  ${line}`).join('')}`);
}
