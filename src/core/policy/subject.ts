import type { Finding } from '../finding.ts';
import type { Truth } from './truth.ts';

/** The input of a policy. */
export interface Subject {
  readonly finding: Finding;
  /** The origin of the message: `eventbridge` unless the message names another origin. */
  readonly origin: string;
}

export type Condition = (subject: Subject) => Truth;
