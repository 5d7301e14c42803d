import { type Case, fires, series, silent, testCase } from './case.ts';

const [b, c] = [{ instance: 'b:8080' }, { instance: 'c:8080' }];

/** A worker that runs and polls. Absent values end its life. */
export function worker(
  labels: Readonly<Record<string, string>> = {},
  life = '1x60',
  start = '0x60',
  expected = '1',
) {
  const during = (value: string) => life.replaceAll(/\b1(?=x)/g, value);
  return [
    series('up', life, labels),
    series('isolator_build_info', life, labels),
    series('isolator_workers_expected', during(expected), labels),
    series('isolator_isolation_fault', during('0'), labels),
    series('isolator_shutting_down', during('0'), labels),
    series('isolator_last_poll_timestamp_seconds', '0+60x60', labels),
    series('isolator_messages_in_flight', during('3'), labels),
    series('isolator_concurrency_limit', during('50'), labels),
    series('process_start_time_seconds', start, labels),
  ];
}
/** The same series, but for one metric. */
export const but = (all: ReturnType<typeof worker>, metric: string, values: string) =>
  all.map((each) => (each[0] === metric ? series(metric, values, each[1]) : each));
const three = (life = '1x60') => [
  ...worker({}, '1x60', '0x60', '3'),
  ...worker(b, '1x60', '0x60', '3'),
  ...worker(c, life, '0x60', '3'),
];

const polled = 'isolator_last_poll_timestamp_seconds';
const fault = 'isolator_isolation_fault';
const down = (expected: string) => `None of ${expected} workers answers Prometheus, for five minutes.`;

export const workerCases: readonly Case[] = [
  testCase(
    'no worker that is up, of three',
    '1m',
    three('1x10 stale').map(([metric, labels]) => {
      const values =
        metric === 'up' ? '1x10 0x50' : metric === 'isolator_workers_expected' ? '3x10 stale' : '1x10 stale';
      return series(metric, values, labels);
    }),
    silent('10m', 'IsolatorWorkerDown'),
    silent('13m', 'IsolatorWorkerDown'),
    fires('20m', 'IsolatorWorkerDown', down('3')),
  ),
  testCase(
    'no worker that was ever known',
    '1m',
    [series('up', '1x30', { job: 'other' })],
    fires('10m', 'IsolatorWorkerDown', down('an unknown number')),
  ),
  testCase(
    'one of three workers is lost',
    '1m',
    three('1x10 stale'),
    silent('12m', 'IsolatorWorkersMissing'),
    fires('20m', 'IsolatorWorkersMissing', '2 of 3 workers isolate.'),
    silent('20m', 'IsolatorWorkerDown', 'IsolatorNothingPolled', 'IsolatorWorkerRestarts'),
  ),
  testCase(
    'one of three workers polls nothing though it runs',
    '1m',
    [
      ...worker({}, '1x60', '0x60', '3'),
      ...worker(b, '1x60', '0x60', '3'),
      ...but(worker(c, '1x60', '0x60', '3'), polled, '0+60x10 600x50'),
    ],
    fires('30m', 'IsolatorWorkersMissing', '2 of 3 workers isolate.'),
    silent('30m', 'IsolatorNothingPolled'),
  ),
  testCase(
    'all three workers are well, and there are more of them than expected',
    '1m',
    [...three(), ...worker({ instance: 'd:8080' }, '1x60', '0x60', '3')],
    silent(
      '30m',
      'IsolatorWorkersMissing',
      'IsolatorWorkerHalted',
      'IsolatorIsolationRefused',
      'IsolatorWorkerRestarts',
    ),
  ),
  testCase(
    'a worker that is killed every two minutes',
    '1m',
    worker(
      {},
      '1x60',
      '0x10 600x1 720x1 840x1 960x1 1080x1 1200x1 1320x1 1440x1 1560x1 1680x1 1800x1 1920x1 2040x1 2160x1 2280x5',
    ),
    silent('12m', 'IsolatorWorkerRestarts'),
    fires('35m', 'IsolatorWorkerRestarts', '13 workers ended within an hour, and others took their place.'),
  ),
  testCase(
    'a deployment ends each worker once',
    '1m',
    [...worker({}, '1x20 stale', '0x20 stale'), ...worker(b, '_x15 1x60', '_x15 900x60')],
    silent('30m', 'IsolatorWorkerRestarts', 'IsolatorWorkersMissing'),
    silent('50m', 'IsolatorWorkerRestarts', 'IsolatorWorkersMissing'),
  ),
  testCase(
    'one of three workers has halted, which is not all',
    '1m',
    [
      ...worker({}, '1x60', '0x60', '3'),
      ...worker(b, '1x60', '0x60', '3'),
      ...but(worker(c, '1x60', '0x60', '3'), fault, '0x10 1x50'),
    ],
    silent('10m', 'IsolatorWorkerHalted'),
    fires(
      '20m',
      'IsolatorWorkerHalted',
      '1 of 3 workers have halted: the isolation side or Macie refuses their calls.',
    ),
    fires('20m', 'IsolatorWorkersMissing', '2 of 3 workers isolate.'),
    silent('20m', 'IsolatorIsolationRefused'),
  ),
  testCase(
    'two accounts do not answer one of the workers, which says so after a quarter of an hour',
    '1m',
    [series('isolator_accounts_slowed', '0x10 2x30 0x30'), series('isolator_accounts_slowed', '0x70', b)],
    silent('24m', 'IsolatorAccountSlowed'),
    fires(
      '27m',
      'IsolatorAccountSlowed',
      'Calls to 2 accounts fail or hang: their findings wait, those of others go on.',
    ),
    silent('45m', 'IsolatorAccountSlowed'),
  ),
  testCase(
    'all workers have halted, and go on again',
    '1m',
    [...but(worker(), fault, '0x10 1x20 0x30'), ...but(worker(b), fault, '0x10 1x20 0x30')],
    silent('11m', 'IsolatorIsolationRefused'),
    fires('20m', 'IsolatorIsolationRefused', 'Nothing can be isolated: all 2 workers have halted.'),
    silent('20m', 'IsolatorWorkerHalted'),
    silent('40m', 'IsolatorIsolationRefused'),
  ),
  testCase(
    'the last poll is long ago',
    '1m',
    but(worker(), polled, '0+60x10 600x50'),
    silent('15m', 'IsolatorNothingPolled'),
    fires('20m', 'IsolatorNothingPolled', {
      summary: 'The findings queue has answered no poll for 10m 0s.',
      description: '1 workers run, and none receives findings.',
    }),
  ),
  testCase(
    'the queue has answered no poll since the start, which is no time since 1970',
    '1m',
    but(worker({}, '1x60', '300x60'), polled, '0x60'),
    silent('11m', 'IsolatorNothingPolled'),
    fires('15m', 'IsolatorNothingPolled', {
      summary: 'The findings queue has answered no poll for 10m 0s.',
      description: '1 workers run, and none receives findings.',
    }),
  ),
  testCase(
    'a new worker does not hide that the last poll is long ago',
    '1m',
    [...but(worker(), polled, '0+60x10 600x50'), ...but(worker(b, '1x60', '1140x60'), polled, '0x60')],
    fires('20m', 'IsolatorNothingPolled', {
      summary: 'The findings queue has answered no poll for 10m 0s.',
      description: '2 workers run, and none receives findings.',
    }),
  ),
  testCase(
    'one worker polls',
    '1m',
    [...worker(), ...but(worker(b), polled, '0x60')],
    silent('30m', 'IsolatorNothingPolled'),
  ),
  testCase(
    'all slots are taken',
    '1m',
    but(but(worker(), polled, '0+60x10 600x50'), 'isolator_messages_in_flight', '50x60'),
    silent('20m', 'IsolatorNothingPolled', 'IsolatorWorkersMissing'),
  ),
  testCase(
    'nothing is received since the workers have halted',
    '1m',
    but(but(worker(), polled, '0+60x10 600x50'), fault, '0x10 1x50'),
    silent('20m', 'IsolatorNothingPolled'),
  ),
  testCase(
    'a changed policy is broken, and then mended',
    '1m',
    [...worker(), series('isolator_policy_valid', '1x10 0x20 1x30')],
    silent('14m', 'IsolatorPolicyRejected'),
    fires('20m', 'IsolatorPolicyRejected', 'The policy cannot be taken up by 1 of 1 workers.'),
    silent('35m', 'IsolatorPolicyRejected'),
  ),
  testCase(
    'an exception of the policy ends, with a week of warning',
    '1h',
    [
      series('isolator_policy_exception_ends_timestamp_seconds', '864000x400', { exception: 'case-4711' }),
      series('isolator_policy_exception_ends_timestamp_seconds', '8640000x400', { exception: 'later' }),
    ],
    silent('71h', 'IsolatorPolicyExceptionEnds'),
    fires('96h', 'IsolatorPolicyExceptionEnds', 'The exception case-4711 of the policy ends in 6d 0h 0m 0s.'),
    silent('241h', 'IsolatorPolicyExceptionEnds'),
  ),
  testCase(
    'log lines are lost, and later no more',
    '1m',
    [series('isolator_log_lines_dropped_total', '0x10 40x60')],
    silent('10m', 'IsolatorLogLinesDropped'),
    fires('12m', 'IsolatorLogLinesDropped', '40 log lines were lost within 15 minutes.'),
    silent('40m', 'IsolatorLogLinesDropped'),
  ),
];
