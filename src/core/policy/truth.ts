/** The finding does not tell. `field` is the field that the condition needs. */
export interface Unknown {
  readonly unknown: string;
}

/** Three-valued: a condition holds, does not hold, or is unknown. */
export type Truth = boolean | Unknown;

export function isUnknown(truth: Truth): truth is Unknown {
  return typeof truth === 'object';
}

/** True if all conditions hold, false if one does not hold, and otherwise unknown. */
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

/** True if one condition holds, false if none holds, and otherwise unknown. */
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
