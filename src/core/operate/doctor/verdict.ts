/** The result of one check. */
export type Verdict =
  | { readonly state: 'ok'; readonly note?: string }
  /** Something that keeps the service from its work, or evidence from its protection, and how to mend it. */
  | { readonly state: 'wrong'; readonly why: string; readonly mend: string }
  /** Something that may be meant so, and that a person should know. */
  | { readonly state: 'look'; readonly why: string; readonly mend: string }
  /** The check could not be made. That is never taken for health. */
  | { readonly state: 'unknown'; readonly why: string };

export interface Checked {
  readonly check: string;
  readonly verdict: Verdict;
}

export const ok = (note?: string): Verdict => ({ state: 'ok', ...(note !== undefined && { note }) });
export const wrong = (why: string, mend: string): Verdict => ({ state: 'wrong', why, mend });
export const look = (why: string, mend: string): Verdict => ({ state: 'look', why, mend });
export const unknown = (why: string): Verdict => ({ state: 'unknown', why });

/** Returns the first verdict that is not ok, or the given one. */
export function firstProblem(verdicts: readonly (Verdict | undefined)[], otherwise: Verdict): Verdict {
  return verdicts.find((verdict) => verdict !== undefined && verdict.state !== 'ok') ?? otherwise;
}

export const updateDataPlane = 'Update the stack of data-plane.yaml with the template of this version.';
