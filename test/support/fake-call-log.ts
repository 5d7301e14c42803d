export interface Hook {
  /** A call's name (`source.head`), or its place among all calls, the first being 1. */
  readonly at: string | number;
  /** With a name: which of the calls of that name. Absent: every one. */
  readonly nth?: number;
  readonly before?: () => void;
  /** Runs when the call has had its effect; throwing here is a lost answer or a crash after the fact. */
  readonly after?: () => void;
  /** The effect happens twice and the second answer counts, as when a client repeats a call whose answer was lost. */
  readonly twice?: true;
}

/** Every call at the fakes in order, with a way to meddle at any of them. */
export interface CallLog {
  readonly names: readonly string[];
  on(hook: Hook): void;
  /** For what must hold at every instant. */
  afterEach(check: () => void): void;
  clear(): void;
  perform<Answer>(name: string, run: () => Answer): Promise<Answer>;
}

export function createCallLog(): CallLog {
  const names: string[] = [];
  const hooks: Hook[] = [];
  const checks: (() => void)[] = [];

  const isMeant = (hook: Hook, name: string): boolean => {
    if (typeof hook.at === 'number') return hook.at === names.length;
    const count = names.filter((other) => other === hook.at).length;
    return hook.at === name && (hook.nth === undefined || hook.nth === count);
  };

  return {
    names,
    on: (hook) => void hooks.push(hook),
    afterEach: (check) => void checks.push(check),
    clear: () => {
      names.length = 0;
      hooks.length = 0;
    },
    async perform(name, run) {
      names.push(name);
      const meant = hooks.filter((hook) => isMeant(hook, name));
      for (const hook of meant) hook.before?.();
      let answer = run();
      if (meant.some((hook) => hook.twice)) answer = run();
      for (const check of checks) check();
      for (const hook of meant) hook.after?.();
      return answer;
    },
  };
}
