import { HandedBackError, IsolationFaultError, PausedError } from '../errors.ts';
import type { IsolationResult } from '../isolation.ts';
import type { Limit, Unit } from '../isolation-budget.ts';
import type { HeldReason } from '../outcome.ts';
import type { Ports } from '../ports.ts';

/** Reports of an isolation about the units that it needs. */
export interface Spending {
  /**
   * Must be called before the object is copied. Returns the limit that is reached, if one is: then the object stays as
   * it is. Throws `PausedError` while the service is paused.
   */
  take(): Promise<HeldReason | undefined>;
  /** Must be called once the copy of this very finding is there. */
  copied(): void;
  /** Must be called before the removal. After it, an error does not tell whether bytes were removed. */
  mayRemove(): void;
  /**
   * Must be called once a fence is put. It took the object from its readers, so it has spent the units, also if nothing
   * is removed, and if a release takes the fence away again. If the isolation fails afterwards, the units of the limits
   * are spent only if the next handling takes none: else a finding would be held by its own units.
   */
  fenced(): void;
}

export interface Allowance extends Pick<Ports, 'budget' | 'limits'> {
  /** The limits that apply. */
  readonly under: readonly Limit[];
  /** Whether this finding's copy is there. Then the isolation was begun under the limits, and is finished. */
  readonly isBegun: () => Promise<boolean>;
  /** The message came before, so the isolation may be begun. */
  readonly mayBeBegun: boolean;
}

/**
 * Runs one isolation. The unit of the budget is given back if nothing was removed, and the units of the limits if no
 * copy was made either: once the copy of a finding is there, another delivery may finish the isolation, at any time, and
 * takes no units of the limits.
 */
export async function withinBudget(
  allowance: Allowance,
  isolate: (spending: Spending) => Promise<IsolationResult>,
): Promise<IsolationResult> {
  let unit: Unit | undefined;
  let unitsOfLimits: readonly Unit[] = [];
  let hasCopied = false;
  let mayHaveRemoved = false;
  let hasFenced = false;
  const spending: Spending = {
    async take() {
      const taken = await takeOfLimits(allowance);
      if (typeof taken === 'string') return taken;
      unitsOfLimits = taken;
      unit = await allowance.budget.take();
      if (unit === undefined) throw new PausedError();
      return undefined;
    },
    copied() {
      hasCopied = true;
    },
    mayRemove() {
      mayHaveRemoved = true;
    },
    fenced() {
      hasFenced = true;
    },
  };
  try {
    const isolation = await isolate(spending);
    if (!hasRemoved(isolation) && !hasFenced) {
      unit?.giveBack();
      if (isolation.copy?.madeNow !== true) giveBack(unitsOfLimits);
    }
    return isolation;
  } catch (error) {
    if (mayHaveRemoved) throw error;
    if (!hasFenced) unit?.giveBack();
    const areSpent = hasCopied || unitsOfLimits.length === 0 || (await mayHaveCopied(error, allowance));
    if (!areSpent) giveBack(unitsOfLimits);
    throw error;
  }
}

/** Takes a unit of each limit, or none. */
async function takeOfLimits(allowance: Allowance): Promise<readonly Unit[] | HeldReason> {
  const { isBegun, limits, mayBeBegun, under } = allowance;
  if (under.length === 0 || (mayBeBegun && (await isBegun()))) return [];
  const taken: Unit[] = [];
  try {
    for (const limit of under) {
      const unit = await limits.take(limit);
      if (unit === undefined) {
        giveBack(taken);
        return `${limit.of}-limit`;
      }
      taken.push(unit);
    }
  } catch (error) {
    giveBack(taken);
    throw error;
  }
  return taken;
}

function giveBack(units: readonly Unit[]): void {
  for (const unit of units) unit.giveBack();
}

/** If nobody can tell, the copy may be there. */
async function mayHaveCopied(error: unknown, { isBegun }: Allowance): Promise<boolean> {
  // The copy was not begun, was left between two parts, or was refused.
  if (error instanceof HandedBackError || error instanceof IsolationFaultError) return false;
  return isBegun().catch(() => true);
}

function hasRemoved({ outcome, removal }: IsolationResult): boolean {
  if (outcome.name === 'isolated') return true;
  if (removal === undefined) return false;
  // What was left untouched may lie under the marker of an earlier handling.
  const hides = removal.kind !== 'untouched' && removal.markerVersionId !== undefined;
  return hides || removal.removedVersions.length > 0;
}
