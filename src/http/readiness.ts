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

const parts = ['queue', 'isolation-bucket', 'macie', 'policy', 'accepting'] as const;
export type PartName = (typeof parts)[number];

/** A worker that does not ask Macie about findings has no such part. */
const optionalParts: ReadonlySet<PartName> = new Set(['macie']);

/** Every part starts as not ready, because none has worked yet. An optional part exists once its state is set. */
export function createReadiness(onChange: (ready: boolean, failing: readonly PartName[]) => void): Readiness {
  const state = new Map(
    parts.flatMap((name): [PartName, boolean][] => (optionalParts.has(name) ? [] : [[name, false]])),
  );
  const present = () => parts.filter((name) => state.has(name));
  const failing = () => present().filter((name) => state.get(name) !== true);
  return {
    checks: () => present().map((name) => ({ name, ok: state.get(name) === true })),
    isReady: () => failing().length === 0,
    set(name, ok) {
      const before = failing();
      state.set(name, ok);
      const after = failing();
      if (before.join() !== after.join()) onChange(after.length === 0, after);
    },
  };
}
