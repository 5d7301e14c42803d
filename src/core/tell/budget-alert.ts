import type { Alert } from '../alert.ts';
import type { Budget } from '../valve/budget.ts';
import { operatorAlert } from './operator-alert.ts';

/** Returns the alert to operators about a spent count; there is one for each count. */
export function budgetSpentAlert(about: {
  readonly isolationBucket: string;
  readonly accountId: string;
  readonly count: Budget;
}): Alert {
  const { accountId, count, isolationBucket } = about;
  return operatorAlert({
    outcome: 'budget_spent',
    type: 'Operations/BudgetSpent',
    reason: 'budget-spent',
    severity: 'High',
    accountId,
    subject: 'paused, the isolation budget is spent',
    sms: `paused in account ${accountId}, the isolation budget is spent. Flagged data stays exposed until a person resumes.`,
    summary: `The service paused itself: the ${count.budget} isolations of this hour are spent`,
    lines: [
      `isolation bucket: ${isolationBucket}`,
      `account id: ${accountId}`,
      `counted from: ${count.countFrom.toISOString()}`,
      `spent: ${(count.spentSince ?? count.countFrom).toISOString()}`,
      '',
      'Flagged data stays EXPOSED until a person resumes. Look at what was isolated; if it is right, resume with `macie-isolator resume --reason ...`, and if it is not, mend the policy first and put back what should stay with `macie-isolator release`.',
    ],
    facts: {
      isolation_bucket: isolationBucket,
      budget: count.budget,
      count_from: count.countFrom.toISOString(),
    },
  });
}
