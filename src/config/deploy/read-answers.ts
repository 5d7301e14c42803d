import { stringify } from 'yaml';
import {
  type AnswerName,
  type Answers,
  answerNames,
  answersSchema,
  everyTemplate,
  type GivenAnswers,
} from '../../core/deploy/answers.ts';
import { describeIssue, type PolicyProblem } from '../policy/describe-issue.ts';
import type { Places } from '../policy/place.ts';
import { readDocument } from '../policy/read-document.ts';

const words = {
  whole: 'the file',
  fieldNames: (path: readonly unknown[]) =>
    path.length === 0 ? answerNames : (fieldsOf[String(path[0])] ?? []),
};
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  network: ['subnets', 'securityGroups'],
  parameters: everyTemplate,
};

export type ReadAnswers =
  | { readonly ok: true; readonly given: GivenAnswers; readonly places: Places }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Reads a file of answers, YAML or JSON. Its values are checked together with those of flags, by `checkAnswers`. */
export function readAnswers(text: string): ReadAnswers {
  const document = readDocument(text, 'file');
  if (!document.ok) return document;
  const { places, value } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = 'The file must have a line for each answer, such as "alertEmail: privacy@example.com".';
    return { ok: false, problems: [{ message, line: 1, column: 1 }] };
  }
  return { ok: true, given: value, places };
}

export interface AnswerProblem extends PolicyProblem {
  /** The answer that is wrong; absent if the file has a field that is no answer. */
  readonly name?: AnswerName;
}

export type CheckedAnswers =
  | { readonly ok: true; readonly answers: Answers }
  | { readonly ok: false; readonly problems: readonly AnswerProblem[] };

const nowhere = { line: 0, column: 0 };

/** Checks all answers at once. `places` are those of the file that the answers come from. */
export function checkAnswers(
  given: GivenAnswers,
  places: Places = { of: () => nowhere, value: () => nowhere, name: () => nowhere },
): CheckedAnswers {
  const parsed = answersSchema.safeParse(given, { reportInput: true });
  if (parsed.success) return { ok: true, answers: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => {
    const name = answerNames.find((each) => each === issue.path[0]);
    return describeIssue(issue, places, words).map((problem) => ({
      ...problem,
      ...(name !== undefined && { name }),
    }));
  });
  return { ok: false, problems };
}

/** Returns the answers as a file that `readAnswers` reads. */
export function answersText(answers: Answers): string {
  return `# Answers of macie-isolator deploy. The same command with --file asks nothing.\n${stringify(answers)}`;
}
