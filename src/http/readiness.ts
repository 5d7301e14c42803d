/** Whether the worker can do its work now. The parts update the state in the background, so a probe makes no call. */
export interface Readiness {
  readonly checks: () => readonly ReadinessCheck[];
  /** Records whether a part worked, as a check or the work itself has shown. */
  set(name: PartName, ok: boolean): void;
  /** True once every part has worked. */
  readonly isReady: () => boolean;
}

export interface ReadinessCheck {
  readonly name: PartName;
  readonly ok: boolean;
}

const parts = ['queue', 'isolation-bucket', 'policy', 'accepting'] as const;
export type PartName = (typeof parts)[number];

/** Every part starts as not ready, because none has worked yet. */
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
