/** A figure from several rounds. */
export interface Sampled {
  readonly median: number;
  /** Distance between the quartiles as a share of the median. */
  readonly spread: number;
  readonly samples: readonly number[];
}

/** Above this spread a figure is noise, and is not given. */
export const spreadBound = 0.15;

export function sampled(samples: readonly number[]): Sampled {
  const sorted = samples.toSorted((one, other) => one - other);
  const median = quantile(sorted, 0.5);
  const spread = median === 0 ? 0 : (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / median;
  return { median, spread, samples };
}

/** Each round's own ratio: what disturbs the machine for a while disturbs both sides of it. */
export function ratios(of: readonly number[], to: readonly number[]): Sampled {
  return sampled(of.map((value, round) => value / (to[round] ?? Number.NaN)));
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Runs every subject once a round, in turns forwards and backwards, so that drift favours none. */
export async function interleave<Name extends string, Result>(
  rounds: number,
  subjects: Readonly<Record<Name, () => Promise<Result>>>,
  progress: (text: string) => void,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(subjects) as Name[];
  const results = Object.fromEntries(names.map((name): [Name, Result[]] => [name, []])) as Record<
    Name,
    Result[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      progress(`round ${round + 1} of ${rounds}: ${name}`);
      results[name].push(await subjects[name]());
    }
  }
  return results;
}
