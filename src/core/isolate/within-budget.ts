import { PausedError } from '../errors.ts';
import type { IsolationResult } from '../isolation.ts';
import type { IsolationBudget, Unit } from '../ports.ts';

/** Reports of an isolation about the unit that it needs. */
export interface Spending {
  /** Must be called before the object is copied. Throws `PausedError` while the service is paused. */
  take(): Promise<void>;
  /** Must be called before the removal. After it, an error does not tell whether bytes were removed. */
  mayRemove(): void;
}

/** Runs one isolation. The unit that it takes is given back if nothing was removed. */
export async function withinBudget(
  budget: IsolationBudget,
  isolate: (spending: Spending) => Promise<IsolationResult>,
): Promise<IsolationResult> {
  let unit: Unit | undefined;
  let mayHaveRemoved = false;
  const spending: Spending = {
    async take() {
      unit = await budget.take();
      if (unit === undefined) throw new PausedError();
    },
    mayRemove() {
      mayHaveRemoved = true;
    },
  };
  try {
    const isolation = await isolate(spending);
    if (!hasRemoved(isolation)) unit?.giveBack();
    return isolation;
  } catch (error) {
    if (!mayHaveRemoved) unit?.giveBack();
    throw error;
  }
}

function hasRemoved({ outcome, removal }: IsolationResult): boolean {
  if (outcome.name === 'isolated') return true;
  return (
    removal !== undefined && (removal.removedVersions.length > 0 || removal.markerVersionId !== undefined)
  );
}
