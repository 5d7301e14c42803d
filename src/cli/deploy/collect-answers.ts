import { type AnswerProblem, checkAnswers, readAnswers } from '../../config/deploy/read-answers.ts';
import type { AnswerName, Answers, GivenAnswers } from '../../core/deploy/answers.ts';
import { missingAnswers, type Question, questions } from '../../core/deploy/questions.ts';
import { openPrompt } from '../frame/ask.ts';
import { usageError } from '../frame/command-error.ts';
import { readTextFile } from '../frame/input-file.ts';
import { type Terminal, visible } from '../frame/terminal.ts';
import { type AnswerFlags, answerFlag, givenByFlags } from './answer-flags.ts';

/** What flags and file answer, and the places of the file's answers. */
export interface AnswersGiven {
  readonly given: GivenAnswers;
  /** Names a wrong answer by its flag, or by its place in the file. */
  readonly lineOf: (problem: AnswerProblem) => string;
  readonly places?: Parameters<typeof checkAnswers>[1];
}

/** Reads the answers of flags and file. Throws a usage error that names everything that is wrong in them. */
export async function answersGiven(flags: AnswerFlags): Promise<AnswersGiven> {
  const byFlags = givenByFlags(flags);
  const file = flags.file === undefined ? undefined : await readFileOf(flags.file);
  const answers: AnswersGiven = {
    given: { ...file?.given, ...byFlags, ...parametersOfBoth(file?.given, byFlags) },
    lineOf: (problem) => lineOf(problem, flags.file, Object.keys(byFlags)),
    ...(file && { places: file.places }),
  };
  const wrong = wrongLines(answers);
  if (wrong.length > 0) throw refused(wrong);
  return answers;
}

/**
 * Returns the answers that were given, those of what is deployed already (`presentOf`, which gets the others) and, on a
 * terminal, those of a person who is asked for the rest. Throws a usage error that names everything that is missing or wrong.
 */
export async function collectAnswers(
  answers: AnswersGiven,
  terminal: Terminal,
  signal: AbortSignal,
  presentOf: (given: GivenAnswers) => Promise<GivenAnswers> = async () => ({}),
): Promise<Answers> {
  const given = { ...(await presentOf(answers.given)), ...answers.given };
  // Wrong answers are named before anybody is asked for more.
  const wrong = wrongLines({ ...answers, given });
  const missing = terminal.isInteractive ? [] : missingAnswers(given).map(missingLine);
  if (wrong.length + missing.length > 0) throw refused([...wrong, ...missing]);
  return ended(terminal.isInteractive ? await askForRest(given, terminal, signal) : given);
}

/** Tells what is wrong with the answers that are there. What is missing is not told. */
function wrongLines({ given, lineOf: line, places }: AnswersGiven): string[] {
  const checked = checkAnswers(given, places);
  if (checked.ok) return [];
  return checked.problems
    .filter(({ name }) => name === undefined || Object.hasOwn(given, name))
    .map((problem) => line(problem));
}

/** Those of the file stay beside those of flags. What is no table of parameters is left to the check of the answers. */
function parametersOfBoth(file: GivenAnswers = {}, flags: GivenAnswers): GivenAnswers {
  if (file.parameters === undefined || flags.parameters === undefined) return {};
  if (!isTable(file.parameters) || !isTable(flags.parameters)) return { parameters: file.parameters };
  const merged: Record<string, unknown> = { ...file.parameters };
  for (const [template, given] of Object.entries(flags.parameters)) {
    const before = merged[template];
    merged[template] = isTable(before) && isTable(given) ? { ...before, ...given } : given;
  }
  return { parameters: merged };
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
