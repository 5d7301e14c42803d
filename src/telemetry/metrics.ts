import { collectDefaultMetrics, Registry } from 'prom-client';
import { createSeries } from './series.ts';
import { startAtZero } from './start-at-zero.ts';

/** Every metric of the worker: its own series, and the default metrics of Node. */
export function createMetrics(build: { readonly version: string; readonly revision: string }) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // These gauges have names that end like names of counters, and they get a series for each kind of handle.
  for (const name of ['handles', 'requests', 'resources']) {
    registry.removeSingleMetric(`nodejs_active_${name}`);
    registry.removeSingleMetric(`nodejs_active_${name}_total`);
  }
  let scraped: () => void = () => undefined;
  const series = createSeries(registry, () => scraped());
  series.buildInfo.set({ ...build, node_version: process.version }, 1);
  startAtZero(series);
  return {
    registry,
    ...series,
    /** Called by each scrape, before anything is read. It must not call AWS. */
    onScrape(look: () => void) {
      scraped = look;
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
