export interface PolicyRejections {
  /** Another text is rejected. Its problem is told. */
  begins(problem: string): void;
  /** Called at each later read of the rejected text. Tells its problem, unless it was told already. */
  goesOn(problem: string): void;
}

/** Tells people once of each rejected text, and tries again until that succeeds. */
export function createPolicyRejections(tell: (problem: string) => Promise<void>): PolicyRejections {
  let told: string | undefined;
  let isTelling = false;

  const tellOnce = async (problem: string): Promise<void> => {
    isTelling = true;
    try {
      await tell(problem);
      told = problem;
    } catch {
      // The next read tries again.
    } finally {
      isTelling = false;
    }
  };
  const goesOn = (problem: string): void => {
    if (!isTelling && told !== problem) void tellOnce(problem);
  };

  return {
    begins(problem) {
      told = undefined;
      goesOn(problem);
    },
    goesOn,
  };
}
