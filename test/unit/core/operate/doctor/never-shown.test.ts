import { describe, expect, it } from 'vitest';
import { type FilterCriteria, whenOfFilter } from '../../../../../src/core/operate/doctor/filter-when.ts';
import {
  judgeAllowLists,
  judgeExcludedBuckets,
  judgeFilters,
} from '../../../../../src/core/operate/doctor/judge-never-shown.ts';
import type { PolicyDocument } from '../../../../../src/core/policy/schema.ts';

const now = new Date('2026-11-28T12:00:00Z');
const policy = (overrides: Partial<PolicyDocument> = {}) => ({
  source: 'test',
  document: {
    version: 1 as const,
    rules: [{ name: 'high', when: { severity: ['High' as const] }, action: 'isolate' as const }],
    default: 'alert' as const,
    ...overrides,
  },
});
const lake = policy({ rules: [{ name: 'lake', when: { bucket: ['lake-*'] }, action: 'isolate' }] });
const filtered = (criteria: FilterCriteria, seen = policy()) =>
  judgeFilters([{ id: 'f1', name: 'archives', criteria }], seen, 'isolation', now);

describe('a filter that archives', () => {
  it.each<[string, FilterCriteria, 'ok' | 'wrong', ReturnType<typeof policy>?]>([
    ['what the rule isolates', { 'severity.description': { eq: ['High'] } }, 'wrong'],
    ['everything', {}, 'wrong'],
    ['another severity', { 'severity.description': { eq: ['Low'] } }, 'ok'],
    ['all but one severity', { 'severity.description': { neq: ['Low'] } }, 'wrong'],
    ['all but the severity of the rule', { 'severity.description': { neq: ['High'] } }, 'ok'],
    // Macie joins these by OR.
    ['what is not both of two severities', { 'severity.description': { neq: ['High', 'Low'] } }, 'wrong'],
    [
      'findings about the isolation bucket',
      { 'resourcesAffected.s3Bucket.name': { eq: ['isolation'] } },
      'ok',
    ],
    ['findings about another bucket', { 'resourcesAffected.s3Bucket.name': { eq: ['logs'] } }, 'ok', lake],
    [
      'findings about the bucket of a rule',
      { 'resourcesAffected.s3Bucket.name': { eq: ['lake-1'] } },
      'wrong',
      lake,
    ],
    ['policy findings by their type', { type: { eq: ['Policy:IAMUser/S3BucketPublic'] } }, 'ok'],
    ['policy findings by their category', { category: { eq: ['POLICY'] } }, 'ok'],
    ['samples', { sample: { eq: ['true'] } }, 'ok'],
    [
      'what the default isolates',
      { type: { eq: ['SensitiveData:S3Object/Personal'] } },
      'wrong',
      policy({ default: 'isolate', rules: [] }),
    ],
    [
      'what a rule fences in place',
      {},
      'wrong',
      policy({ rules: [{ name: 'tables', when: { bucket: ['lake-*'] }, action: 'fence' }] }),
    ],
    [
      'what a rule alerts about',
      {},
      'ok',
      policy({ rules: [{ name: 'a', when: { severity: ['High'] }, action: 'alert' }] }),
    ],
  ])('%s', (_, criteria, state, seen = policy()) => {
    expect(filtered(criteria, seen).state).toBe(state);
  });

  it('is named with the rules, and with both ways to mend it', () => {
    expect(filtered({})).toEqual({
      state: 'wrong',
      why: 'The filter “archives” archives findings that rule high of the policy (test) would isolate: the worker never hears of them.',
      mend: 'aws macie2 update-findings-filter --id f1 --action NOOP; or: Name these findings in `never` of the policy.',
    });
  });

  it('says what the rules do: isolate, fence, or both', () => {
    const fence = { name: 'tables', when: { bucket: ['lake-*'] }, action: 'fence' as const };
    const both = policy({ rules: [{ name: 'high', when: {}, action: 'isolate' }, fence] });

    expect(JSON.stringify(filtered({}, policy({ rules: [fence] })))).toContain('would fence: the worker');
    expect(JSON.stringify(filtered({}, both))).toContain('would isolate or fence: the worker');
  });

  it('is meant so where `never` of the policy covers it, and not after the exception has ended', () => {
    const bucket = { 'resourcesAffected.s3Bucket.name': { eq: ['lake-1'] } };
    const never = (until?: string) => [
      {
        name: 'test',
        when: { bucket: ['lake-1'] },
        reason: 'made up',
        ...(until !== undefined && { until }),
      },
    ];

    expect(filtered(bucket, policy({ never: never() })).state).toBe('ok');
    expect(filtered(bucket, policy({ never: never('2026-11-27') })).state).toBe('wrong');
    expect(filtered({}, policy({ never: never() })).state).toBe('wrong');
  });

  it('is compared by all fields that rules know', () => {
    expect(
      whenOfFilter({
        accountId: { eq: ['111111111111'] },
        region: { eq: ['eu-west-1'] },
        'classificationDetails.jobId': { eq: ['j1'] },
        'classificationDetails.originType': {
          eq: ['SENSITIVE_DATA_DISCOVERY_JOB', 'AUTOMATED_SENSITIVE_DATA_DISCOVERY'],
        },
        'resourcesAffected.s3Object.key': { eq: ['a*.csv'] },
      }),
    ).toMatchObject({
      account: ['111111111111'],
      region: ['eu-west-1'],
      jobId: ['j1'],
      discovery: ['job', 'automated'],
      key: ['a\\*.csv'],
    });
  });
});

describe('allow lists', () => {
  it('are to be looked at', () => {
    expect(judgeAllowLists([])).toMatchObject({ state: 'ok' });
    expect(judgeAllowLists([{ id: 'a1', name: 'names' }])).toMatchObject({
      state: 'look',
      why: expect.stringMatching(/: names\.$/),
    });
  });
});

describe('buckets that automated discovery leaves out', () => {
  const judged = (excludedBuckets: readonly string[], seen = policy(), isEnabled = true) =>
    judgeExcludedBuckets({ isEnabled, scopeId: 's1', excludedBuckets }, seen, 'isolation');

  it.each<[string, ReturnType<typeof judged>, 'ok' | 'look', RegExp]>([
    ['are nobody’s concern while it is off', judged(['lake-1'], lake, false), 'ok', /off/],
    ['are the isolation bucket', judged(['isolation']), 'ok', /isolation/],
    ['should be the isolation bucket', judged([]), 'look', /finds there again/],
    ['lie outside the rules', judged(['isolation', 'logs'], lake), 'ok', /logs/],
    ['meet the bucket of a rule', judged(['isolation', 'lake-1'], lake), 'look', /: lake-1 \(rule lake\)\.$/],
    ['meet a rule about every bucket', judged(['isolation', 'logs']), 'look', /: logs \(rule high\)\.$/],
    [
      'are many',
      judged(['isolation', 'a', 'b', 'c', 'd', 'e', 'f', 'g']),
      'look',
      /: a \(rule high\), .*, e \(rule high\), and 2 more\.$/,
    ],
  ])('%s', (_, verdict, state, text) => {
    expect(verdict.state).toBe(state);
    expect('note' in verdict ? verdict.note : 'why' in verdict && verdict.why).toMatch(text);
  });
});
