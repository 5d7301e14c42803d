import type { Alert } from '../alert.ts';
import type { Budget } from '../valve/budget.ts';

/**
 * Returns the alert to operators about a spent count; there is one for each count. It concerns no finding, so
 * it names none.
 */
export function budgetSpentAlert(about: {
  readonly isolationBucket: string;
  readonly accountId: string;
  readonly count: Budget;
}): Alert {
  const { accountId: account, count, isolationBucket } = about;
  const summary = `The service paused itself: the ${count.budget} isolations of this hour are spent`;
  const advice =
    'Flagged data stays EXPOSED until a person resumes. Look at what was isolated; if it is right, resume with `macie-isolator resume --reason ...`, and if it is not, mend the policy first and put back what should stay with `macie-isolator release`.';
  return {
    subject: `[macie-isolator] High, account ${account}: paused, the isolation budget is spent`,
    sms: `macie-isolator: paused in account ${account}, the isolation budget is spent. Flagged data stays exposed until a person resumes.`,
    email: [
      `${summary}.`,
      '',
      `isolation bucket: ${isolationBucket}`,
      `account id: ${account}`,
      `counted from: ${count.countFrom.toISOString()}`,
      `spent: ${(count.spentSince ?? count.countFrom).toISOString()}`,
      '',
      advice,
    ].join('\n'),
    json: JSON.stringify({
      outcome: 'budget_spent',
      reason: 'budget-spent',
      summary,
      severity: 'High',
      account_id: account,
      isolation_bucket: isolationBucket,
      budget: count.budget,
      count_from: count.countFrom.toISOString(),
    }),
    attributes: {
      severity: 'High',
      outcome: 'budget_spent',
      type: 'Operations/BudgetSpent',
      account,
      rule: 'none',
    },
  };
}
