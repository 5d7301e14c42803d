import { describe, expect, test } from 'vitest';
import { budgetSpentAlert } from '../../../../src/core/tell/budget-alert.ts';

const alert = budgetSpentAlert({
  isolationBucket: 'isolation',
  accountId: '111122223333',
  count: {
    hour: '2026-11-27T22',
    budget: 10_000,
    leased: 10_000,
    countFrom: new Date('2026-11-27T22:00:00Z'),
    spentSince: new Date('2026-11-27T22:10:00Z'),
    alerted: false,
  },
});

describe('the alert that the budget is spent', () => {
  test('has a subject and an SMS as SNS takes them, without the name of the bucket', () => {
    expect(alert.subject).toMatch(/^[ -~]{1,99}$/);
    expect(alert.sms).toMatch(/^[ -~]{1,140}$/);
    expect(alert).toMatchObject({
      subject: '[macie-isolator] High, account 111122223333: paused, the isolation budget is spent',
      sms: 'macie-isolator: paused in account 111122223333, the isolation budget is spent. Flagged data stays exposed until a person resumes.',
    });
  });

  test('carries the attributes that subscriptions filter by', () => {
    expect(alert.attributes).toEqual({
      severity: 'High',
      outcome: 'budget_spent',
      type: 'Operations/BudgetSpent',
      account: '111122223333',
      rule: 'none',
    });
  });

  test('says what was counted, since when, and what to do', () => {
    expect(alert.email.split('\n')).toStrictEqual([
      'The service paused itself: the 10000 isolations of this hour are spent.',
      '',
      'isolation bucket: isolation',
      'account id: 111122223333',
      'counted from: 2026-11-27T22:00:00.000Z',
      'spent: 2026-11-27T22:10:00.000Z',
      '',
      'Flagged data stays EXPOSED until a person resumes. Look at what was isolated; if it is right, resume with `macie-isolator resume --reason ...`, and if it is not, mend the policy first and put back what should stay with `macie-isolator release`.',
    ]);
    expect(JSON.parse(alert.json)).toStrictEqual({
      outcome: 'budget_spent',
      reason: 'budget-spent',
      summary: 'The service paused itself: the 10000 isolations of this hour are spent',
      severity: 'High',
      account_id: '111122223333',
      isolation_bucket: 'isolation',
      budget: 10_000,
      count_from: '2026-11-27T22:00:00.000Z',
    });
  });
});
