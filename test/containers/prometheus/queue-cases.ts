import { type Case, fires, series, silent, testCase } from './case.ts';

const depth = (queue: string, state: string, values: string, instance = 'a:8080') =>
  series('isolator_queue_messages', values, { queue, state, instance });
const parkedFor = (count: number) => `${count} messages are parked.`;
const nearing = (count: number) =>
  `${count} messages are parked, and the dead-letter queue has not been empty for ten days.`;
const unhandled = (count: number) =>
  `${count} findings wait, and no message has come to an outcome for ten minutes.`;
const waits = (count: number) =>
  `${count} findings have been waiting for 20 minutes, and their objects can be read.`;
const threeDays = (count: number) =>
  `The findings queue has not been empty for three days; ${count} findings wait.`;
const outcomes = (values: string) =>
  series('isolator_isolations_total', values, { outcome: 'isolated', reason: '' });
const wait = (sum: string, count: string) => [
  series('isolator_queue_wait_seconds_sum', sum),
  series('isolator_queue_wait_seconds_count', count),
];

export const queueCases: readonly Case[] = [
  testCase(
    'messages are parked, and counted once with three workers',
    '1m',
    ['a:8080', 'b:8080', 'c:8080'].map((instance) => depth('dead-letter', 'visible', '0x10 3x40', instance)),
    silent('20m', 'IsolatorFindingsParked'),
    fires('30m', 'IsolatorFindingsParked', parkedFor(3)),
  ),
  testCase(
    'what is looked at stays parked',
    '1m',
    [
      depth('dead-letter', 'visible', '0x10 3x20 0x10 3x20'),
      depth('dead-letter', 'in_flight', '0x10 0x20 3x10 0x20'),
    ],
    fires('36m', 'IsolatorFindingsParked', parkedFor(3)),
    fires('50m', 'IsolatorFindingsParked', parkedFor(3)),
  ),
  testCase(
    'what is parked is known after the workers died',
    '1m',
    [depth('dead-letter', 'visible', '2x20 stale'), depth('dead-letter', 'in_flight', '0x20 stale')],
    fires('50m', 'IsolatorFindingsParked', parkedFor(2)),
  ),
  testCase(
    'what was moved back is not held on to',
    '1m',
    [depth('dead-letter', 'visible', '2x20 0x40'), depth('dead-letter', 'visible', '2x10 stale', 'b:8080')],
    fires('20m', 'IsolatorFindingsParked', parkedFor(2)),
    silent('30m', 'IsolatorFindingsParked'),
  ),
  testCase(
    'messages of the findings queue are not parked',
    '1m',
    [depth('dead-letter', 'visible', '0x60'), depth('findings', 'visible', '9x60')],
    silent('40m', 'IsolatorFindingsParked', 'IsolatorParkedNearingRetention'),
  ),
  testCase(
    'one look on day nine does not hide what is lost on day fourteen',
    '10m',
    [
      depth('dead-letter', 'visible', '2x1296 0x3 2x864'),
      depth('dead-letter', 'in_flight', '0x1296 2x3 0x864'),
    ],
    silent('9d', 'IsolatorParkedNearingRetention'),
    fires('11d', 'IsolatorParkedNearingRetention', nearing(2)),
    silent('11d', 'IsolatorQueueNearingRetention'),
  ),
  testCase(
    'messages that were worked off on day nine near nothing',
    '10m',
    [depth('dead-letter', 'visible', '2x1296 0x3 2x864')],
    silent('11d', 'IsolatorParkedNearingRetention'),
  ),
  testCase(
    'the findings queue is never empty',
    '10m',
    [depth('findings', 'visible', '4x576'), depth('findings', 'visible', '4x144 _x10 4x288', 'b:8080')],
    silent('70h', 'IsolatorQueueNearingRetention'),
    fires('80h', 'IsolatorQueueNearingRetention', threeDays(4)),
  ),
  testCase(
    'neither a new worker nor an hour without samples starts the count anew',
    '10m',
    [depth('findings', 'visible', '4x280 stale'), depth('findings', 'visible', '_x289 4x288', 'b:8080')],
    fires('80h', 'IsolatorQueueNearingRetention', threeDays(4)),
  ),
  testCase(
    'the findings queue was empty in between',
    '10m',
    [depth('findings', 'visible', '4x288 0 4x288')],
    silent('80h', 'IsolatorQueueNearingRetention'),
  ),
  testCase(
    '20,000 wait and nothing finishes, with three workers',
    '1m',
    [
      ...['a:8080', 'b:8080', 'c:8080'].map((instance) => depth('findings', 'visible', '20000x60', instance)),
      outcomes('0+10x10 100x50'),
      ...wait('0+600x60', '0+10x60'),
    ],
    silent('15m', 'IsolatorNothingFinishes'),
    fires('40m', 'IsolatorNothingFinishes', unhandled(20_000)),
    silent('40m', 'IsolatorFindingsWait'),
  ),
  testCase(
    '20,000 wait, are taken within a minute, and finish',
    '1m',
    [depth('findings', 'visible', '20000x60'), outcomes('0+10x60'), ...wait('0+600x60', '0+10x60')],
    silent('40m', 'IsolatorNothingFinishes', 'IsolatorFindingsWait'),
  ),
  testCase(
    'findings wait twenty minutes before they are taken',
    '1m',
    [depth('findings', 'visible', '50x60'), outcomes('0+10x60'), ...wait('0+12000x60', '0+10x60')],
    fires('40m', 'IsolatorFindingsWait', waits(50)),
    silent('40m', 'IsolatorNothingFinishes'),
  ),
  testCase(
    'findings wait and none is taken',
    '1m',
    [depth('findings', 'visible', '50x60'), ...wait('600x60', '10x60')],
    silent('15m', 'IsolatorFindingsWait'),
    fires('40m', 'IsolatorFindingsWait', waits(50)),
  ),
  testCase(
    'what is known last still waits when the queue no longer answers',
    '1m',
    [depth('findings', 'visible', '50x20 stale'), ...wait('600x60', '10x60'), outcomes('5x60')],
    fires('50m', 'IsolatorNothingFinishes', unhandled(50)),
  ),
  testCase(
    'no worker could sample the dead-letter queue',
    '1m',
    [
      series('isolator_queue_sampled_timestamp_seconds', '0+60x10 600x50', { queue: 'dead-letter' }),
      series('isolator_queue_sampled_timestamp_seconds', '0x60', {
        queue: 'dead-letter',
        instance: 'b:8080',
      }),
      series('isolator_queue_sampled_timestamp_seconds', '0+60x60', { queue: 'findings' }),
    ],
    silent('14m', 'IsolatorQueueUnknown'),
    fires('20m', 'IsolatorQueueUnknown', {
      summary: 'How many messages the queue dead-letter holds has not been known for 10m 0s.',
      labels: { queue: 'dead-letter' },
    }),
  ),
];
