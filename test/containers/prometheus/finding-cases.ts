import { type Case, fires, series, silent, testCase } from './case.ts';

const outcome = (name: string, reason: string, values: string) =>
  series('isolator_isolations_total', values, { outcome: name, reason });
const oldest = (severity: string, values: string, instance = 'a:8080') =>
  series('isolator_oldest_unfinished_finding_timestamp_seconds', values, { severity, instance });
const receives = (all: string, upToFive: string, le = '5') => [
  series('isolator_message_receives_count', all),
  series('isolator_message_receives_bucket', upToFive, { le }),
];
const readable = (count: number, name: string, reason: string) => ({
  summary: `Sensitive data is still readable: ${count} within an hour, ${name} (${reason}).`,
  labels: { outcome: name, reason },
});
const unknown = (count: number, name: string, reason: string) => ({
  summary: `Nobody knows whether sensitive data is still readable: ${count} within an hour, ${name} (${reason}).`,
  labels: { outcome: name, reason },
});
const held = (count: number, why: string) => ({
  summary: `${count} findings were held within an hour (${why}): their data is still readable.`,
  labels: { why },
});
const fence = (result: string, values: string) => series('isolator_fences_total', values, { result });
const sample = 'isolator_last_sample_finding_timestamp_seconds';
const unverified = (count: number) => `${count} copies did not verify within an hour.`;

export const findingCases: readonly Case[] = [
  testCase(
    'four findings in back-off for nine hours, on three workers in turn',
    '1m',
    [
      oldest('High', '_x30 1800x150 _x3 1800x360'),
      oldest('High', '_x181 1800x3 _x300', 'b:8080'),
      ...receives('4x30 4+0.2x510', '4x30 4+0.1x100 14x410'),
    ],
    silent('35m', 'IsolatorFindingUnfinished'),
    fires('60m', 'IsolatorFindingUnfinished', 'A High finding is 30m 0s old and is not done.'),
    fires('9h', 'IsolatorFindingUnfinished', 'A High finding is 8h 30m 0s old and is not done.'),
    fires(
      '9h',
      'IsolatorFindingRetried',
      'Messages were received more than five times, 24 such receives within two hours.',
    ),
  ),
  testCase(
    'an old finding that ends within a minute wakes nobody',
    '1m',
    [oldest('High', '_x30 0x1 _x30'), oldest('Low', '_x30 0 _x30')],
    silent('31m', 'IsolatorFindingUnfinished'),
    silent('35m', 'IsolatorFindingUnfinished', 'IsolatorFindingUnfinishedLong'),
    silent('40m', 'IsolatorFindingUnfinished'),
  ),
  testCase(
    'a Medium finding that is five hours old',
    '1m',
    [oldest('Medium', '0x400'), oldest('Low', '3600x400')],
    silent('230m', 'IsolatorFindingUnfinishedLong'),
    fires('5h', 'IsolatorFindingUnfinishedLong', 'A finding below High is 5h 0m 0s old and is not done.'),
    silent('5h', 'IsolatorFindingUnfinished'),
  ),
  testCase(
    'messages that come five times at most',
    '1m',
    receives('0+3x200', '0+3x200'),
    silent('150m', 'IsolatorFindingRetried'),
  ),
  testCase(
    'one message comes for the sixth time, as Prometheus 3 writes it, and no more in the next two hours',
    '1m',
    receives('5x10 6x200', '5x200', '5.0'),
    silent('10m', 'IsolatorFindingRetried'),
    fires(
      '12m',
      'IsolatorFindingRetried',
      'Messages were received more than five times, 1 such receives within two hours.',
    ),
    silent('150m', 'IsolatorFindingRetried'),
  ),
  testCase(
    'objects stay in place: one that can be read, one that perhaps can',
    '1m',
    [outcome('refused', 'sse-c', '0x10 1x90'), outcome('retained', 'locked', '0x10 2x90')],
    silent('10m', 'IsolatorStillExposed', 'IsolatorNotIsolated'),
    fires('12m', 'IsolatorStillExposed', readable(2, 'retained', 'locked')),
    fires('12m', 'IsolatorNotIsolated', unknown(1, 'refused', 'sse-c')),
    silent('80m', 'IsolatorStillExposed', 'IsolatorNotIsolated'),
  ),
  testCase(
    'other outcomes leave nothing in place that was to go, nor does what nobody can read',
    '1m',
    [
      outcome('isolated', '', '0+1x100'),
      outcome('alerted', '', '0+1x100'),
      outcome('rejected', 'not-json', '0x10 1x90'),
      outcome('changed', '', '0x10 1x90'),
      outcome('refused', 'no-such-bucket', '0x10 1x90'),
      outcome('refused', 'sse-c', '7x100'),
    ],
    silent('12m', 'IsolatorStillExposed', 'IsolatorNotIsolated'),
  ),
  testCase(
    'findings are held, and are no parked ones',
    '1m',
    [
      series('isolator_findings_held_total', '0x10 3x90', { why: 'rule-limit' }),
      series('isolator_findings_held_total', '0x100', { why: 'bucket-limit' }),
      outcome('held', 'rule-limit', '0x10 3x90'),
    ],
    silent('10m', 'IsolatorFindingsHeld', 'IsolatorStillExposed', 'IsolatorNotIsolated'),
    fires('12m', 'IsolatorFindingsHeld', held(3, 'rule-limit')),
    silent('80m', 'IsolatorFindingsHeld', 'IsolatorStillExposed', 'IsolatorNotIsolated'),
  ),
  testCase(
    'a proved fence contains one of two objects that stay in place',
    '1m',
    [
      outcome('retained', 'locked', '0x10 2x90'),
      series('isolator_contained_total', '0x10 1x90', { outcome: 'retained', reason: 'locked' }),
      outcome('refused', 'archived-storage-class', '0x10 1x90'),
      series('isolator_contained_total', '0x10 1x90', {
        outcome: 'refused',
        reason: 'archived-storage-class',
      }),
    ],
    silent('10m', 'IsolatorStillExposed'),
    fires('12m', 'IsolatorStillExposed', readable(1, 'retained', 'locked')),
  ),
  testCase(
    'fences are open, unproved, or hit other bytes',
    '1m',
    [
      fence('open', '0x10 2x90'),
      fence('no-room', '0x100'),
      fence('tagged', '0x20 1x90'),
      fence('hit-other', '0x30 1x90'),
      fence('fenced', '0+1x100'),
    ],
    silent('10m', 'IsolatorFenceOpen', 'IsolatorFenceUnproved', 'IsolatorFenceHitOther'),
    fires('12m', 'IsolatorFenceOpen', {
      summary:
        'Tries to fence an object that failed within an hour: 2 (open). Such an object is still readable.',
      labels: { result: 'open' },
    }),
    silent('20m', 'IsolatorFenceUnproved'),
    fires(
      '22m',
      'IsolatorFenceUnproved',
      '1 objects got the tag of the fence within an hour, and nobody has proved that it denies reading.',
    ),
    silent('30m', 'IsolatorFenceHitOther'),
    fires(
      '32m',
      'IsolatorFenceHitOther',
      'The tag of the fence hit 1 objects within an hour that nobody flagged, and was taken away.',
    ),
    silent('80m', 'IsolatorFenceOpen'),
  ),
  testCase(
    'copies did not verify',
    '1m',
    [outcome('refused', 'verification-failed', '0x10 1x90'), outcome('gone', 'copy-unverified', '0x30 1x90')],
    silent('10m', 'IsolatorVerificationFailed'),
    fires('12m', 'IsolatorVerificationFailed', unverified(1)),
    fires('32m', 'IsolatorVerificationFailed', unverified(2)),
    silent('100m', 'IsolatorVerificationFailed'),
  ),
  testCase(
    'other refusals are no failed verification',
    '1m',
    [
      outcome('refused', 'sse-c', '0x10 1x90'),
      outcome('gone', 'source-absent', '0x10 1x90'),
      outcome('refused', 'verification-failed', '4x100'),
    ],
    silent('12m', 'IsolatorVerificationFailed'),
  ),
  // The gauge dies with its worker: a goes after an hour, and b, which came then, has seen none.
  testCase(
    'no sample finding for 26 hours',
    '10m',
    [series(sample, '0 600x5'), series(sample, '_x6 0x200', { instance: 'b:8080' })],
    silent('26h', 'IsolatorHeartbeatMissing'),
    fires('27h', 'IsolatorHeartbeatMissing', 'No sample finding has come through for 1d 2h 50m 0s.'),
  ),
  testCase(
    'where there is no heartbeat nobody is woken for it',
    '10m',
    [series(sample, '0x200')],
    silent('30h', 'IsolatorHeartbeatMissing'),
  ),
];
