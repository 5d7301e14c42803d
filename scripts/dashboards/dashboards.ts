import { isolationDashboard } from './isolation.ts';
import { workerDashboard } from './worker.ts';

/** Grafana's dashboards as JSON, by their paths. */
export function dashboards(): Readonly<Record<string, string>> {
  const folder = 'docker/grafana/dashboards';
  return {
    [`${folder}/isolation.json`]: toJson(isolationDashboard()),
    [`${folder}/worker.json`]: toJson(workerDashboard()),
  };
}

function toJson(dashboard: object): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
