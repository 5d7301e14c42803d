import { type Case, fires, series, silent, testCase } from './case.ts';

const alerts = (result: string, values: string) => series('isolator_alerts_total', values, { result });
const outcomeEvents = (result: string, values: string) =>
  series('isolator_outcome_events_total', values, { result });
const eventsNotSent = (count: number) =>
  `No event gets through to the outcome bus, or messages were parked without: ${count}.`;
const notSent = (count: number) =>
  `No alert gets through: ${count} tries failed within 15 minutes, and none went well.`;
const untold = (count: number) =>
  `${count} alerts were given up within a day: nobody was told of these findings.`;

export const peopleCases: readonly Case[] = [
  testCase(
    'tries fail and none goes well',
    '1m',
    [alerts('try-failed', '0x10 0+2x20 40x60'), alerts('sent', '9x90'), alerts('failed', '0x90')],
    silent('12m', 'IsolatorAlertsNotSent'),
    fires('25m', 'IsolatorAlertsNotSent', notSent(28)),
    silent('80m', 'IsolatorAlertsNotSent'),
    silent('25m', 'IsolatorPeopleNotTold'),
  ),
  testCase(
    'tries fail now and then while others go well',
    '1m',
    [
      alerts('try-failed', '0+1x60'),
      alerts('sent', '0+5x60'),
      alerts('none', '0+1x60'),
      alerts('failed', '3x60'),
    ],
    silent('40m', 'IsolatorAlertsNotSent', 'IsolatorPeopleNotTold'),
  ),
  testCase(
    'the first alert that is given up, whatever else is sent',
    '1m',
    [alerts('failed', '0x10 1x1500'), alerts('sent', '0+5x1500')],
    silent('10m', 'IsolatorPeopleNotTold'),
    fires('11m', 'IsolatorPeopleNotTold', untold(1)),
    fires('20h', 'IsolatorPeopleNotTold', untold(1)),
    silent('25h', 'IsolatorPeopleNotTold'),
  ),
  testCase(
    'events fail and none goes well',
    '1m',
    [
      outcomeEvents('try-failed', '0x10 0+2x20 40x60'),
      outcomeEvents('sent', '9x90'),
      outcomeEvents('failed', '0x90'),
    ],
    silent('12m', 'IsolatorEventsNotSent'),
    fires('25m', 'IsolatorEventsNotSent', eventsNotSent(28)),
    silent('80m', 'IsolatorEventsNotSent'),
  ),
  testCase(
    'events fail now and then while others go well',
    '1m',
    [outcomeEvents('try-failed', '0+1x60'), outcomeEvents('sent', '0+5x60'), outcomeEvents('failed', '0x60')],
    silent('40m', 'IsolatorEventsNotSent'),
  ),
  testCase(
    'a message is parked without its event, whatever else is sent',
    '1m',
    [
      outcomeEvents('failed', '0x10 1x1500'),
      outcomeEvents('sent', '0+5x1500'),
      outcomeEvents('try-failed', '0x1500'),
    ],
    silent('14m', 'IsolatorEventsNotSent'),
    fires('17m', 'IsolatorEventsNotSent', eventsNotSent(1)),
    silent('25h', 'IsolatorEventsNotSent'),
  ),
  testCase(
    'the watchdog fires whatever there is',
    '1m',
    [],
    fires(
      '0m',
      'IsolatorWatchdog',
      'Prometheus evaluates the rules of macie-isolator, and its alerts arrive.',
    ),
    fires(
      '1m',
      'IsolatorWatchdog',
      'Prometheus evaluates the rules of macie-isolator, and its alerts arrive.',
    ),
  ),
];
