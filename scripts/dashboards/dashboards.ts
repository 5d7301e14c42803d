import { rulesFile } from '../rules/rules.ts';
import { isolationDashboard } from './isolation.ts';
import { workerDashboard } from './worker.ts';

/** What monitors a worker, by its path: Grafana's dashboards as JSON, the rules of Prometheus as YAML. */
export function dashboards(): Readonly<Record<string, string>> {
  const folder = 'docker/grafana/dashboards';
  return {
    [`${folder}/isolation.json`]: toJson(isolationDashboard()),
    [`${folder}/worker.json`]: toJson(workerDashboard()),
    'docker/prometheus/isolator.rules.yml': rulesFile(),
  };
}

function toJson(dashboard: object): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
