import type { FlaggedObject } from '../../finding.ts';
import { parseFinding } from '../../parse/parse-finding.ts';
import type { Action, Decision, Policy } from '../../policy/policy.ts';

export type SimulatedAction = Action | 'dry_run';

/** The action of a policy for the object of a finding, and the action of the policy in force. */
export interface SimulatedObject {
  readonly findingId: string;
  readonly object: FlaggedObject;
  readonly rule: string;
  readonly action: SimulatedAction;
  readonly ruleInForce: string;
  readonly actionInForce: SimulatedAction;
}

export interface Policies {
  readonly candidate: Policy;
  readonly inForce: Policy;
  /** The time for which exceptions are looked at. */
  readonly at: Date;
  readonly isolationBucket?: string | undefined;
}

/** Asks both policies about a finding. Returns the reason as text if the worker would ask no policy about it. */
export function simulateFinding(body: string, policies: Policies): SimulatedObject | string {
  const { at, candidate, inForce, isolationBucket } = policies;
  const parsed = parseFinding(body, at);
  if (parsed.kind !== 'finding') return parsed.reason;
  const { id, object } = parsed.finding;
  if (object.bucket === isolationBucket) return 'isolation-bucket';
  const decided = candidate.decide(parsed.finding, { at });
  const now = inForce.decide(parsed.finding, { at });
  return {
    findingId: id,
    object,
    rule: nameOf(decided),
    action: actionOf(decided),
    ruleInForce: nameOf(now),
    actionInForce: actionOf(now),
  };
}

/** An entry of `never` is what people look for, not the rule that it overrides. */
function nameOf({ exception, rule }: Decision): string {
  return exception?.name ?? rule;
}

/** A rule that fences, with `dryRun`, is one that alerts: only an isolation is rehearsed. */
function actionOf({ action, dryRun }: Decision): SimulatedAction {
  if (dryRun !== true || (action !== 'isolate' && action !== 'fence')) return action;
  return action === 'isolate' ? 'dry_run' : 'alert';
}
