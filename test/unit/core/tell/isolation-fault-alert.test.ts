import { describe, expect, it } from 'vitest';
import { isolationFaultAlert } from '../../../../src/core/tell/isolation-fault-alert.ts';

const alert = isolationFaultAlert({
  isolationBucket: 'isolation',
  accountId: '111122223333',
  code: 'AccessDenied',
  refusedBy: 'isolation-side',
});

describe('the alert that nothing can be isolated', () => {
  it('has a subject and an SMS as SNS takes them, without the name of the bucket', () => {
    expect(alert.subject).toMatch(/^[ -~]{1,99}$/);
    expect(alert.sms).toMatch(/^[ -~]{1,140}$/);
    expect(alert).toMatchObject({
      subject: '[macie-isolator] High, account 111122223333: nothing can be isolated',
      sms: 'macie-isolator: nothing can be isolated, account 111122223333. Flagged data stays exposed until this is mended.',
    });
  });

  it('carries the attributes that subscriptions filter by', () => {
    expect(alert.attributes).toEqual({
      severity: 'High',
      outcome: 'isolation_fault',
      type: 'Operations/IsolationFault',
      account: '111122223333',
      rule: 'none',
    });
  });

  it('tells operators and machines the cause', () => {
    expect(alert.email.split('\n')).toStrictEqual([
      'Nothing can be isolated: the isolation bucket, its key or the role refuses.',
      '',
      'isolation bucket: isolation',
      'account id: 111122223333',
      'error: AccessDenied',
      '',
      'Flagged data stays EXPOSED until this is mended. Findings wait in the queue; the worker probes the bucket once a minute and goes on by itself.',
    ]);
    expect(JSON.parse(alert.json)).toStrictEqual({
      outcome: 'isolation_fault',
      reason: 'AccessDenied',
      refused_by: 'isolation-side',
      summary: 'Nothing can be isolated: the isolation bucket, its key or the role refuses',
      severity: 'High',
      account_id: '111122223333',
      isolation_bucket: 'isolation',
    });
  });
});

describe('the alert that Macie refuses', () => {
  it('says so, and not that the bucket does', () => {
    const { email, json } = isolationFaultAlert({
      isolationBucket: 'isolation',
      accountId: '111122223333',
      code: 'AccessDeniedException',
      refusedBy: 'macie',
    });

    expect(email).toMatch(/^Nothing can be isolated: Macie refuses to confirm findings\.\n/);
    expect(email).toContain('the worker asks Macie once a minute');
    expect(JSON.parse(json)).toMatchObject({ refused_by: 'macie', reason: 'AccessDeniedException' });
  });
});
