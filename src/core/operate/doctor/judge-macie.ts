import { look, ok, problemsOr, updateDataPlane, type Verdict, wrong } from './verdict.ts';

export function judgeSession(status: string | undefined): Verdict {
  if (status === 'ENABLED') return ok();
  return wrong(
    status === 'PAUSED'
      ? 'Macie is paused: it finds nothing.'
      : 'Macie is not enabled in this account and region.',
    status === 'PAUSED'
      ? 'aws macie2 update-macie-session --status ENABLED'
      : 'aws macie2 enable-macie, or deploy macie.yaml.',
  );
}

export interface ArchivingFilter {
  readonly name: string;
  readonly id: string;
  /** Whether it archives findings about the isolation bucket, and no others. */
  readonly isAboutIsolationBucketOnly: boolean;
}

/** EventBridge gets no finding that a filter archives, so the worker never hears of it. */
export function judgeFilters(archiving: readonly ArchivingFilter[]): Verdict {
  const others = archiving.filter(({ isAboutIsolationBucketOnly }) => !isAboutIsolationBucketOnly);
  const [first] = others;
  if (first === undefined) return ok();
  return look(
    `Findings are archived before the worker hears of them by: ${others.map(({ name }) => name).join(', ')}.`,
    `Look whether the policy would isolate them: aws macie2 get-findings-filter --id ${first.id}.`,
  );
}

export interface RuleSeen {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly pattern: string;
  /** The target of the rule changes what it sends: input, input path or transformer. */
  readonly changesInput: boolean;
}

/** The rules whose target is the findings queue. */
export function judgeRules(rules: readonly RuleSeen[]): Verdict {
  const ofMacie = rules.filter(({ pattern }) => pattern.includes('aws.macie'));
  if (ofMacie.length === 0) {
    return wrong('No rule sends findings of Macie to the queue.', updateDataPlane);
  }
  const disabled = ofMacie.find(({ isEnabled }) => !isEnabled);
  const changing = rules.find(({ changesInput }) => changesInput);
  const foreign = rules.find(({ pattern }) => !pattern.includes('aws.macie'));
  return problemsOr(ok(ofMacie.map(({ name }) => name).join(', ')), [
    disabled &&
      wrong(`The rule ${disabled.name} is disabled.`, `aws events enable-rule --name ${disabled.name}`),
    changing &&
      wrong(
        `The target of the rule ${changing.name} changes what it sends, so that it may name any object.`,
        updateDataPlane,
      ),
    foreign &&
      wrong(
        `The rule ${foreign.name} sends other events than Macie’s to the findings queue.`,
        `aws events remove-targets --rule ${foreign.name}`,
      ),
  ]);
}
