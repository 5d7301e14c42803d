/** What `status` takes from the metrics of one worker. A number that the worker does not know is absent. */
export interface WorkerNumbers {
  readonly isHalted?: boolean;
  readonly isShuttingDown?: boolean;
  readonly inFlight?: number;
  readonly version?: string;
  /** Alerts that were given up since the worker started. */
  readonly alertsFailed?: number;
  /** When the oldest finding was created that the worker has not finished. */
  readonly oldestUnfinished?: Date;
}

/** Reads the text format of Prometheus. Returns `undefined` if the text is not that of a worker. */
export function readWorkerNumbers(text: string): WorkerNumbers | undefined {
  const samples = text.split('\n').flatMap((line) => sampleOf(line) ?? []);
  const of = (name: string, label = '') =>
    samples.filter((sample) => sample.name === `isolator_${name}` && sample.labels.includes(label));
  const [build] = of('build_info');
  if (build === undefined) return undefined;
  const [, version] = /version="([^"]*)"/.exec(build.labels) ?? [];
  const fault = of('isolation_fault')[0]?.value;
  const shuttingDown = of('shutting_down')[0]?.value;
  const inFlight = of('messages_in_flight')[0]?.value;
  const alertsFailed = of('alerts_total', 'result="failed"')[0]?.value;
  const ages = of('oldest_unfinished_finding_timestamp_seconds').map(({ value }) => value);
  return {
    ...(version !== undefined && { version }),
    ...(fault !== undefined && { isHalted: fault === 1 }),
    ...(shuttingDown !== undefined && { isShuttingDown: shuttingDown === 1 }),
    ...(inFlight !== undefined && { inFlight }),
    ...(alertsFailed !== undefined && { alertsFailed }),
    ...(ages.length > 0 && { oldestUnfinished: new Date(Math.min(...ages) * 1_000) }),
  };
}

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

function sampleOf(line: string): Sample | undefined {
  const [, name, labels = '', number = ''] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  const value = Number(number);
  return name === undefined || number === '' || Number.isNaN(value) ? undefined : { name, labels, value };
}
