import { type Case, fires, series, silent, testCase } from './case.ts';

const fast = 'IsolatorObjectiveBurnsFast';
const slowly = 'IsolatorObjectiveBurnsSlowly';
const late = (share: string) =>
  `${share} of the High findings were late or not isolated; 1 % is the objective.`;

/** High findings that were isolated in time, and those that were not. */
function findings(inTime: string, missed: string, severity = 'High', le = '300') {
  return [
    series('isolator_finding_to_isolation_seconds_bucket', inTime, { severity, le }),
    series('isolator_findings_not_isolated_total', missed, { severity }),
  ];
}

export const objectiveCases: readonly Case[] = [
  testCase(
    'a fifth of the findings late burns fast',
    '1m',
    findings('0+8x120', '0+2x120'),
    fires('90m', fast, late('20%')),
  ),
  testCase(
    'the same as Prometheus 3 writes it',
    '1m',
    findings('0+8x120', '0+2x120', 'High', '300.0'),
    fires('90m', fast, late('20%')),
  ),
  testCase(
    'every finding in time burns nothing',
    '1m',
    findings('0+10x120', '0x120'),
    silent('90m', fast, slowly),
  ),
  testCase('no findings at all burn nothing', '1m', findings('5x120', '1x120'), silent('90m', fast, slowly)),
  testCase(
    'four late ones of four in a night wake nobody',
    '1m',
    findings('0x120', '0x10 1x10 2x10 3x10 4x80'),
    silent('45m', fast),
    silent('90m', fast),
  ),
  testCase(
    'what is over wakes nobody any more',
    '1m',
    findings('0+8x60 480+10x60', '0+2x60 120x60'),
    fires('50m', fast, late('20%')),
    silent('90m', fast),
  ),
  testCase(
    'late findings of Medium severity do not count',
    '1m',
    findings('0+1x120', '0+9x120', 'Medium'),
    silent('90m', fast),
  ),
  testCase(
    'one finding in twenty late burns slowly',
    '10m',
    findings('0+19x288', '0+1x288'),
    fires('30h', slowly, late('5%')),
    silent('30h', fast),
  ),
  testCase(
    'one in fifty late burns the budget within 15 days',
    '10m',
    findings('0+49x576', '0+1x576'),
    fires('80h', slowly, late('2%')),
  ),
  testCase(
    'one in two hundred late is within the objective',
    '10m',
    findings('0+199x576', '0+1x576'),
    silent('80h', fast, slowly),
  ),
];
