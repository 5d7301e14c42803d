const shown =
  /^isolator_(isolations_total|isolated_bytes_total|alerts_total|messages_received_total|messages_settled_total)\b/;

type Counters = ReadonlyMap<string, number>;

/** Sums the counters of all workers, by series, for the metrics that the demo shows. */
export function countersOf(expositions: readonly string[]): Counters {
  const counters = new Map<string, number>();
  for (const line of expositions.flatMap((exposition) => exposition.split('\n'))) {
    if (!shown.test(line)) continue;
    const end = line.lastIndexOf(' ');
    const series = line.slice(0, end);
    counters.set(series, (counters.get(series) ?? 0) + Number(line.slice(end + 1)));
  }
  return counters;
}

/** Returns the series that changed, each with its difference. */
export function moved(before: Counters, after: Counters): readonly string[] {
  return [...after]
    .map(([series, value]) => [series, value - (before.get(series) ?? 0)] as const)
    .filter(([, difference]) => difference !== 0)
    .map(([series, difference]) => `${series} ${difference}`);
}
