/** The result of one check. */
export type Verdict =
  | { readonly state: 'ok'; readonly note?: string }
  /** Something that keeps the service from its work, or evidence from its protection, and how to mend it. */
  | { readonly state: 'wrong'; readonly why: string; readonly mend: string }
  /** Something that may be meant so, and that a person should know. */
  | { readonly state: 'look'; readonly why: string; readonly mend: string }
  /** The check could not be made, or was not tried. That is never taken for health. */
  | { readonly state: 'unknown'; readonly why: string; readonly mend?: string };

export interface Checked {
  readonly check: string;
  readonly verdict: Verdict;
}

export const ok = (note?: string): Verdict => ({ state: 'ok', ...(note !== undefined && { note }) });
export const wrong = (why: string, mend: string): Verdict => ({ state: 'wrong', why, mend });
export const look = (why: string, mend: string): Verdict => ({ state: 'look', why, mend });
export const unknown = (why: string, mend?: string): Verdict => ({
  state: 'unknown',
  why,
  ...(mend !== undefined && { mend }),
});

/** A check with several problems has the first state of this list that a problem has. */
const worstFirst = ['wrong', 'unknown', 'look'] as const;

/** Returns all problems in one verdict, or the given one if there is none: no problem hides behind another. */
export function problemsOr(otherwise: Verdict, verdicts: readonly (Verdict | undefined)[]): Verdict {
  const problems = verdicts.filter((verdict) => verdict !== undefined && verdict.state !== 'ok');
  const state = worstFirst.find((each) => problems.some((problem) => problem.state === each));
  if (state === undefined) return otherwise;
  const why = problems.map((problem) => problem.why).join(' ');
  const mends = new Set(problems.flatMap(({ mend }) => mend ?? []));
  const mend = [...mends].map((each, index) => (index < mends.size - 1 ? each.replace(/\.$/, '') : each));
  return state === 'unknown' && mend.length === 0
    ? { state, why }
    : { state, why, mend: mend.join('; then: ') };
}

export const updateDataPlane = 'Update the stack of data-plane.yaml with the template of this version.';
