import { describe, expect, it } from 'vitest';
import { policyRejectedAlert } from '../../../../src/core/tell/policy-alert.ts';

const about = {
  isolationBucket: 'isolation',
  accountId: '111122223333',
  source: 's3://config/policy.yaml',
  problem: 'rules.0.when: unknown condition',
};
const alert = policyRejectedAlert(about);

describe('the alert that a changed policy is not in force', () => {
  it('has a subject and an SMS as SNS takes them, and says that the policy before stays in force', () => {
    expect(alert.subject).toMatch(/^[ -~]{1,99}$/);
    expect(alert.sms).toMatch(/^[ -~]{1,140}$/);
    expect(alert).toMatchObject({
      subject: '[macie-isolator] Medium, account 111122223333: the changed policy is not taken up',
      sms: 'macie-isolator: the changed policy is not taken up in account 111122223333. The one before stays in force.',
    });
  });

  it('carries the attributes that subscriptions filter by', () => {
    expect(alert.attributes).toEqual({
      severity: 'Medium',
      outcome: 'policy_rejected',
      type: 'Operations/PolicyRejected',
      account: '111122223333',
      rule: 'none',
    });
  });

  it('says where the policy is, what is wrong with it, and what to do', () => {
    expect(alert.email.split('\n')).toStrictEqual([
      'The changed policy is not taken up: the one before stays in force.',
      '',
      'source: s3://config/policy.yaml',
      'isolation bucket: isolation',
      'account id: 111122223333',
      '',
      'rules.0.when: unknown condition',
      '',
      'Mend it and look at it with `macie-isolator policy check FILE`. Workers read it again every minute.',
    ]);
    expect(JSON.parse(alert.json)).toMatchObject({
      outcome: 'policy_rejected',
      reason: 'policy-rejected',
      isolation_bucket: 'isolation',
      source: about.source,
      problem: about.problem,
    });
  });

  it('is short enough for SNS, whatever the problem is', () => {
    const { email } = policyRejectedAlert({ ...about, problem: 'x'.repeat(1_000_000) });

    expect(email.length).toBeLessThan(5_000);
  });
});
