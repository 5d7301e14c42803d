import { stringify } from 'yaml';
import { findingAlerts } from './findings.ts';
import { burnAlerts, objectiveRecords } from './objective.ts';
import { peopleAlerts } from './people.ts';
import { queueAlerts, queueRecords } from './queue.ts';
import type { Group } from './rule.ts';
import { valveAlerts } from './valve.ts';
import { workerAlerts, workerRecords } from './workers.ts';

const head = `Recording and alert rules of macie-isolator, written by \`npm run dashboards\`: change scripts/rules/ and not this file.
For Prometheus 2.42 and newer, and for whatever evaluates its rules. The scrape job is taken to be named macie-isolator.
The external labels \`runbook\` and \`grafana\` of Prometheus are the addresses in the links; without them the links are
docs/runbook.md, and paths of Grafana.`;

/** Records come before the alerts that ask for them. */
const groups: readonly Group[] = [
  {
    name: 'isolator-objective',
    comment: `The objective: 99 % of High findings are isolated within five minutes of their creation, over 30 days. A miss
counts once, when the finding turns five minutes old in the hands of a worker, is received older than that, or ends
before as retained or refused. Backfills and replays are in neither metric.`,
    interval: '30s',
    rules: objectiveRecords,
  },
  {
    name: 'isolator-now',
    comment:
      'What is there now, counted once with any number of workers, and known after the last of them is gone.',
    rules: [...queueRecords, ...workerRecords],
  },
  {
    name: 'isolator-burn',
    comment: 'Several windows, several speeds.',
    rules: burnAlerts,
  },
  {
    name: 'isolator-plain',
    comment: 'What needs a person, whatever the objective says.',
    rules: [...workerAlerts, ...valveAlerts, ...queueAlerts, ...findingAlerts, ...peopleAlerts],
  },
];

export function rulesFile(): string {
  const parts = groups.map(({ comment, ...group }) => {
    const text = stringify([group], { lineWidth: 0 }).trimEnd();
    return `${commented(comment)}\n${text}`.replaceAll(/^/gm, '  ').replaceAll(/^ +$/gm, '');
  });
  return `${commented(head)}\ngroups:\n${parts.join('\n\n')}\n`;
}

function commented(text: string): string {
  return text.replaceAll(/^/gm, '# ');
}
