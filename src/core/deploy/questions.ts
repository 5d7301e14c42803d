import type { AnswerName, GivenAnswers } from './answers.ts';

/** A question that a person is asked before the first deployment. */
export interface Question {
  readonly name: AnswerName;
  readonly text: string;
  /** The meaning of an empty answer. If absent, the question must be answered. */
  readonly usual?: string;
  /** Whether the question still matters after those before it. */
  readonly isOpen: (given: GivenAnswers) => boolean;
}

const isAbsent = (name: AnswerName) => (given: GivenAnswers) => given[name] === undefined;

/** In the order in which they are asked. */
export const questions: readonly Question[] = [
  { name: 'alertEmail', text: 'E-mail address that gets the alerts', isOpen: isAbsent('alertEmail') },
  {
    name: 'sourceBuckets',
    text: 'Buckets that flagged objects may be taken from, with commas between, such as lake-raw,lake-*; or nothing for a trial bucket',
    usual: '',
    isOpen: (given) =>
      given.sourceBuckets === undefined &&
      given.organizationId === undefined &&
      (given.trialBucket === undefined || given.trialBucket === 'none'),
  },
  {
    name: 'network',
    text: 'Network: own makes private subnets with endpoints; or ids, such as subnet-0a1b2c3d,subnet-4e5f6a7b,sg-8c9d0e1f',
    usual: 'own',
    isOpen: isAbsent('network'),
  },
  {
    name: 'macie',
    text: 'Macie in this account and region: enable (it is off), enabled (it is on), by-hand (on, and nothing of it is deployed), or elsewhere (findings come from another account)',
    isOpen: isAbsent('macie'),
  },
  {
    name: 'mode',
    text: 'Begin with dry-run, which removes nothing, or enforce',
    usual: 'dry-run',
    isOpen: isAbsent('mode'),
  },
];

/** Returns the names of all answers without which nothing can be deployed, and that nobody gave. */
export function missingAnswers(given: GivenAnswers): readonly AnswerName[] {
  return questions.filter(({ name, isOpen }) => name !== 'mode' && isOpen(given)).map(({ name }) => name);
}
