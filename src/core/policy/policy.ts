import { createHash } from 'node:crypto';
import type { FenceMode } from '../fences.ts';
import type { Finding } from '../finding.ts';
import { compile } from './conditions.ts';
import type { ExceptionDocument, PolicyDocument, RuleDocument } from './schema.ts';
import type { Condition, Subject } from './subject.ts';
import { isUnknown } from './truth.ts';

export type Action = PolicyDocument['default'];

export interface Decision {
  readonly action: Action;
  /** The rule that chose the action, or `default`, for records and alerts. */
  readonly rule: string;
  /** The hash of the policy. */
  readonly policy?: string;
  /** The version that the source of the policy gave to its text. */
  readonly policyVersion?: string;
  /** The entry of `never` that turned the action of the rule into an alert, and its reason. */
  readonly exception?: { readonly name: string; readonly reason: string };
  /** A field that the finding lacks. Because of it, a rule was skipped or an exception applied. */
  readonly missing?: string;
  readonly sourceVersions?: RuleDocument['sourceVersions'];
  /** Tags for the copy. */
  readonly tags?: readonly (readonly [name: string, value: string])[];
  /** No alert for outcomes that need nobody. */
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
  /** When objects of the rule are fenced, in place of `FENCE`. */
  readonly fence?: FenceMode;
  /** The ARN of the topic that gets the alerts of the rule, in place of `ALERT_TOPIC_ARN`. */
  readonly alertTopic?: string;
  /** How many findings of the rule may be isolated in an hour. */
  readonly limitPerHour?: number;
}

export interface Circumstances {
  /** The time of the decision: an exception may have ended by then. */
  readonly at: Date;
  readonly origin?: string;
}

/** Whether the decision takes data from its readers. Only then an exception (`never`) has anything to forbid. */
export function acts({ action }: Pick<Decision, 'action'>): boolean {
  return action === 'isolate' || action === 'fence';
}

/** Decides what to do about a finding. Pure: the same finding gets the same answer. */
export type Decide = (finding: Finding, circumstances: Circumstances) => Decision;

export interface Policy {
  /** The first 16 hex digits of the SHA-256 of the document. Comments and layout do not count. */
  readonly hash: string;
  readonly document: PolicyDocument;
  readonly version?: string;
  readonly decide: Decide;
}

/**
 * The default policy, which is the policy of the original demo: High findings are isolated, and all others
 * alert people.
 */
export const defaultDocument: PolicyDocument = {
  version: 1,
  rules: [{ name: 'high-severity', when: { severity: ['High'] }, action: 'isolate' }],
  default: 'alert',
};

/** Stands for the rule in the decision about an operator's request. No rule can have this name. */
export const requestRule = '(request)';

/**
 * Compiles the conditions once. A decision allocates next to nothing. `version` is the version that the source
 * gives to the text of the document.
 */
export function compilePolicy(document: PolicyDocument, version?: string): Policy {
  const hash = hashOf(document);
  const from: From = { policy: hash, ...(version !== undefined && { policyVersion: version }) };
  const rules = document.rules.map((rule) => ({
    holds: compile(rule.when),
    decision: decisionOf(rule, from),
  }));
  const exceptions = (document.never ?? []).map((entry) => ({
    entry,
    holds: compile(entry.when),
    endsAt: endOf(entry),
  }));
  const fallback: Decision = { action: document.default, rule: 'default', ...from };
  const requested: Decision = { action: 'isolate', rule: requestRule, ...from };

  const decide: Decide = (finding, { at, origin = 'eventbridge' }) => {
    const isRequest = finding.request !== undefined;
    const subject: Subject = { finding, origin: isRequest ? 'manual' : origin };
    let chosen = isRequest ? requested : fallback;
    let missing: string | undefined;
    // An operator who requests an isolation has decided. The rules are about findings, and `never` is about objects.
    for (const { decision, holds } of isRequest ? [] : rules) {
      const truth = holds(subject);
      if (truth === true) {
        chosen = decision;
        break;
      }
      if (isUnknown(truth)) missing ??= truth.unknown;
    }
    if (!acts(chosen)) return missing === undefined ? chosen : { ...chosen, missing };
    const excepted = firstThatHolds(exceptions, subject, at);
    if (excepted === undefined) return missing === undefined ? chosen : { ...chosen, missing };
    const { name, reason } = excepted.entry;
    const why = excepted.missing ?? missing;
    return {
      action: 'alert',
      rule: chosen.rule,
      ...from,
      exception: { name, reason },
      ...(chosen.alertTopic !== undefined && { alertTopic: chosen.alertTopic }),
      ...(why !== undefined && { missing: why }),
    };
  };
  return { hash, document, decide, ...(version !== undefined && { version }) };
}

interface Exception {
  readonly entry: ExceptionDocument;
  readonly holds: Condition;
  readonly endsAt: number;
}

/** Prefers an entry that certainly applies over an entry that may apply. */
function firstThatHolds(
  exceptions: readonly Exception[],
  subject: Subject,
  at: Date,
): { readonly entry: ExceptionDocument; readonly missing?: string } | undefined {
  let unsure: { entry: ExceptionDocument; missing: string } | undefined;
  for (const { endsAt, entry, holds } of exceptions) {
    if (at.getTime() >= endsAt) continue;
    const truth = holds(subject);
    if (truth === true) return { entry };
    if (isUnknown(truth)) unsure ??= { entry, missing: truth.unknown };
  }
  return unsure;
}

/** The policy that a decision comes from. */
type From = Pick<Decision, 'policy' | 'policyVersion'>;

function decisionOf(rule: RuleDocument, from: From): Decision {
  const { action, alert, dryRun, fence, limit, name, quiet, sourceVersions, tags } = rule;
  return {
    action,
    rule: name,
    ...from,
    ...(sourceVersions !== undefined && { sourceVersions }),
    ...(tags !== undefined && { tags: Object.entries(tags) }),
    ...(quiet !== undefined && { quiet }),
    ...(dryRun !== undefined && { dryRun }),
    ...(fence !== undefined && { fence }),
    ...(alert !== undefined && { alertTopic: alert }),
    ...(limit !== undefined && { limitPerHour: Number.parseInt(limit, 10) }),
  };
}

const dayMs = 86_400_000;

/** Returns the end of the last day of an exception, in UTC. An exception without an end never ends. */
export function endOf({ until }: Pick<ExceptionDocument, 'until'>): number {
  return until === undefined ? Number.POSITIVE_INFINITY : Date.parse(`${until}T00:00:00Z`) + dayMs;
}

function hashOf(document: PolicyDocument): string {
  return createHash('sha256').update(canonical(document)).digest('hex').slice(0, 16);
}

/** Serialises JSON with the members of each object in the order of their names. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}

export const defaultPolicy = compilePolicy(defaultDocument);
export const decideByDefault: Decide = defaultPolicy.decide;
