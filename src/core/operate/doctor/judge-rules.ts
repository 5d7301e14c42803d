import { look, ok, problemsOr, updateDataPlane, type Verdict, wrong } from './verdict.ts';

export interface RuleSeen {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly pattern: string;
  readonly targetId: string;
  /** The target of the rule changes what it sends: input, input path or transformer. */
  readonly changesInput: boolean;
  /** Events that cannot be delivered go to a dead-letter queue. */
  readonly keepsUndelivered: boolean;
}

/** The rules whose target is the findings queue. */
export function judgeRules(rules: readonly RuleSeen[]): Verdict {
  const ofMacie = rules.filter(isOfMacie);
  if (ofMacie.length === 0) {
    return wrong('No rule sends findings of Macie to the queue.', updateDataPlane);
  }
  return problemsOr(ok(ofMacie.map(({ name }) => name).join(', ')), rules.flatMap(problemsOf));
}

function problemsOf(rule: RuleSeen): readonly (Verdict | undefined)[] {
  const { changesInput, isEnabled, keepsUndelivered, name, targetId } = rule;
  if (!isOfMacie(rule)) {
    return [
      wrong(
        `The rule ${name} sends other events than Macie’s to the findings queue.`,
        `aws events remove-targets --rule ${name} --ids ${targetId}`,
      ),
    ];
  }
  return [
    isEnabled ? undefined : wrong(`The rule ${name} is disabled.`, `aws events enable-rule --name ${name}`),
    changesInput
      ? wrong(
          `The target of the rule ${name} changes what it sends, so that it may name any object.`,
          updateDataPlane,
        )
      : undefined,
    keepsUndelivered
      ? undefined
      : look(
          `The target of the rule ${name} has no dead-letter queue: what EventBridge cannot deliver within a day is lost.`,
          updateDataPlane,
        ),
  ];
}

function isOfMacie({ pattern }: RuleSeen): boolean {
  return pattern.includes('aws.macie');
}
