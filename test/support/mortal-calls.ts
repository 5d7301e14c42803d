export class Killed extends Error {}

/** Counts the calls of a process, which may die at one of them: before the call, or when it is carried out. */
export function mortalCalls() {
  let killAt = Number.POSITIVE_INFINITY;
  let moment: 'before' | 'behind' = 'before';
  let calls = 0;
  return {
    call<Answer>(carryOut: () => Answer): Answer {
      calls += 1;
      if (calls > killAt || (calls === killAt && moment === 'before')) throw new Killed();
      const answer = carryOut();
      if (calls === killAt) throw new Killed();
      return answer;
    },
    /** From now on, the calls of a new process. */
    start(killedAt = Number.POSITIVE_INFINITY, killedMoment: 'before' | 'behind' = 'before') {
      calls = 0;
      killAt = killedAt;
      moment = killedMoment;
    },
    wasKilled: () => calls >= killAt,
  };
}
