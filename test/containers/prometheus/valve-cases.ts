import { type Case, fires, series, silent, testCase } from './case.ts';
import { but, worker } from './worker-cases.ts';

const [b] = [{ instance: 'b:8080' }];
/** Nothing is polled from the tenth to the thirtieth minute, in which the service is paused. */
const pausedWorker = but(worker(), 'isolator_last_poll_timestamp_seconds', '0+60x10 600x20 1860+60x30');
const paused = series('isolator_paused', '0x10 1x20 0x30');
const read = series('isolator_last_valve_read_timestamp_seconds', '0+60x60');
const quiet = ['IsolatorNothingPolled', 'IsolatorWorkersMissing', 'IsolatorValveUnread'];

export const valveCases: readonly Case[] = [
  testCase(
    'a person pauses the service, and it goes on again',
    '1m',
    [...pausedWorker, paused, read, series('isolator_budget_spent', '0x60')],
    silent('9m', 'IsolatorPaused'),
    fires('20m', 'IsolatorPaused', 'The service is paused: 1 of 1 workers receive nothing.'),
    silent('25m', ...quiet, 'IsolatorBudgetSpent'),
    silent('45m', 'IsolatorPaused'),
  ),
  testCase(
    'a worker of an older version is paused, and does not say whether the budget is spent',
    '1m',
    [...pausedWorker, paused, read],
    fires('20m', 'IsolatorPaused', 'The service is paused: 1 of 1 workers receive nothing.'),
  ),
  testCase(
    'two workers spend the budget of the hour, and a person resumes',
    '1m',
    [
      ...pausedWorker,
      ...but(worker(b), 'isolator_last_poll_timestamp_seconds', '0+60x10 600x20 1860+60x30'),
      paused,
      series('isolator_paused', '0x10 1x20 0x30', b),
      read,
      series('isolator_budget', '100x60'),
      series('isolator_budget_remaining', '100-20x4 10x6 0x20 100x30'),
      series('isolator_budget_spent', '0x10 1x20 0x30'),
      series('isolator_budget', '100x60', b),
      // It knows only what it read up to 15 s ago.
      series('isolator_budget_remaining', '100-20x4 20x6 0x20 100x30', b),
      series('isolator_budget_spent', '0x10 1x20 0x30', b),
    ],
    silent('4m', 'IsolatorBudgetRunsLow'),
    fires('8m', 'IsolatorBudgetRunsLow', 'Only 10 isolations are left of the budget of this hour.'),
    silent('9m', 'IsolatorBudgetSpent'),
    fires(
      '20m',
      'IsolatorBudgetSpent',
      'The budget of the hour is spent: 2 of 2 workers isolate nothing until a person resumes.',
    ),
    silent('20m', 'IsolatorPaused', 'IsolatorBudgetRunsLow', ...quiet),
    silent('45m', 'IsolatorBudgetSpent', 'IsolatorBudgetRunsLow'),
  ),
  testCase(
    'a worker does not read pause and budget',
    '1m',
    [...worker(), series('isolator_last_valve_read_timestamp_seconds', '0+60x10 600x50')],
    silent('14m', 'IsolatorValveUnread'),
    fires('20m', 'IsolatorValveUnread', 'A worker has not read pause and budget for 10m 0s.'),
  ),
  testCase(
    'a worker is scraped before it has read pause and budget',
    '1m',
    [...worker(), series('isolator_last_valve_read_timestamp_seconds', '_x10 0 660+60x40')],
    silent('10m', 'IsolatorValveUnread'),
    silent('20m', 'IsolatorValveUnread'),
  ),
  testCase(
    'a worker starts that cannot read pause and budget, and so is paused',
    '1m',
    [
      ...worker(),
      series('isolator_last_valve_read_timestamp_seconds', '0x60'),
      series('isolator_paused', '1x60'),
      series('isolator_budget_spent', '0x60'),
    ],
    silent('20m', 'IsolatorValveUnread'),
    fires('20m', 'IsolatorPaused', 'The service is paused: 1 of 1 workers receive nothing.'),
  ),
];
