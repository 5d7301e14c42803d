import { cliPage } from './cli-page.ts';
import { configurationPage } from './configuration-page.ts';
import { eventsPage, outcomeEventJsonSchema } from './events-page.ts';
import { logsPage } from './logs-page.ts';
import { metricsPage } from './metrics-page.ts';
import { parametersPage } from './parameters-page.ts';
import { policyJsonSchema } from './policy-schema.ts';

/** Every document that is made from the code, by its path. */
export function generatedPages(): Readonly<Record<string, string>> {
  return {
    'docs/cli.md': cliPage(),
    'docs/configuration.md': configurationPage(),
    'docs/events.md': eventsPage(),
    'docs/events.schema.json': outcomeEventJsonSchema(),
    'docs/logs.md': logsPage(),
    'docs/policy.schema.json': policyJsonSchema(),
    'docs/metrics.md': metricsPage(),
    'deploy/ecs/parameters.md': parametersPage(),
  };
}
