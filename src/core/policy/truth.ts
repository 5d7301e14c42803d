/** What a finding does not say. The field is the one that the condition asked for. */
export interface Unknown {
  readonly unknown: string;
}

/** Three-valued: a condition holds, does not hold, or nobody can tell. */
export type Truth = boolean | Unknown;

export function isUnknown(truth: Truth): truth is Unknown {
  return typeof truth === 'object';
}

/** True where all hold, false where one does not, else unknown. */
export function all<About>(tests: readonly ((about: About) => Truth)[]): (about: About) => Truth {
  return (about) => {
    let result: Truth = true;
    for (const test of tests) {
      const truth = test(about);
      if (truth === false) return false;
      if (result === true) result = truth;
    }
    return result;
  };
}

/** True where one holds, false where none does, else unknown. */
export function any<About>(tests: readonly ((about: About) => Truth)[]): (about: About) => Truth {
  return (about) => {
    let result: Truth = false;
    for (const test of tests) {
      const truth = test(about);
      if (truth === true) return true;
      if (result === false) result = truth;
    }
    return result;
  };
}

export function not<About>(test: (about: About) => Truth): (about: About) => Truth {
  return (about) => {
    const truth = test(about);
    return isUnknown(truth) ? truth : !truth;
  };
}
