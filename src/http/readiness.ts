/** Whether the worker can do its work now. Kept up to date in the background: a probe asks nobody. */
export interface Readiness {
  readonly checks: () => readonly ReadinessCheck[];
  /** Records what was seen of a part, from a check or from work. */
  set(name: PartName, ok: boolean): void;
  /** Resolves once every part was seen to work. */
  readonly isReady: () => boolean;
}

export interface ReadinessCheck {
  readonly name: PartName;
  readonly ok: boolean;
}

const parts = ['queue', 'isolation-bucket', 'accepting'] as const;
export type PartName = (typeof parts)[number];

/** Everything starts as not ready: nothing has been seen to work yet. */
export function createReadiness(onChange: (ready: boolean, failing: readonly PartName[]) => void): Readiness {
  const state = new Map<PartName, boolean>(parts.map((name) => [name, false]));
  const failing = () => parts.filter((name) => state.get(name) !== true);
  return {
    checks: () => parts.map((name) => ({ name, ok: state.get(name) === true })),
    isReady: () => failing().length === 0,
    set(name, ok) {
      const before = failing();
      state.set(name, ok);
      const after = failing();
      if (before.join() !== after.join()) onChange(after.length === 0, after);
    },
  };
}
