import { createHash } from 'node:crypto';
import type { Finding } from '../finding.ts';
import { type Condition, compile, type Subject } from './conditions.ts';
import type { ExceptionDocument, PolicyDocument, RuleDocument } from './schema.ts';
import { isUnknown } from './truth.ts';

export type Action = PolicyDocument['default'];

export interface Decision {
  readonly action: Action;
  /** The rule that chose the action, or `default`. For records and alerts. */
  readonly rule: string;
  /** The policy's hash. */
  readonly policy?: string;
  /** The entry of `never` that made an alert of the rule's action, and its reason. */
  readonly exception?: { readonly name: string; readonly reason: string };
  /** A field that the finding does not have, and for want of which a rule was passed over or an exception held. */
  readonly missing?: string;
  readonly sourceVersions?: RuleDocument['sourceVersions'];
  /** No alert for what needs nobody. */
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
}

export interface Circumstances {
  /** Exceptions may have ended by then. */
  readonly at: Date;
  readonly origin?: string;
}

/** Decides what to do about a finding. Pure: the same finding gets the same answer. */
export type Decide = (finding: Finding, circumstances: Circumstances) => Decision;

export interface Policy {
  /** The first 16 hex digits of the SHA-256 of the document; comments and layout do not count. */
  readonly hash: string;
  readonly document: PolicyDocument;
  readonly decide: Decide;
}

/** The policy where none is configured, which is that of the original demo: High is isolated, everything else alerts. */
export const defaultDocument: PolicyDocument = {
  version: 1,
  rules: [{ name: 'high-severity', when: { severity: ['High'] }, action: 'isolate' }],
  default: 'alert',
};

/** Compiles the conditions once; deciding allocates next to nothing. */
export function compilePolicy(document: PolicyDocument): Policy {
  const hash = hashOf(document);
  const rules = document.rules.map((rule) => ({
    holds: compile(rule.when),
    decision: decisionOf(rule, hash),
  }));
  const exceptions = (document.never ?? []).map((entry) => ({
    entry,
    holds: compile(entry.when),
    endsAt: endOf(entry),
  }));
  const fallback: Decision = { action: document.default, rule: 'default', policy: hash };

  const decide: Decide = (finding, { at, origin = 'eventbridge' }) => {
    const subject: Subject = { finding, origin };
    let chosen = fallback;
    let missing: string | undefined;
    for (const { decision, holds } of rules) {
      const truth = holds(subject);
      if (truth === true) {
        chosen = decision;
        break;
      }
      if (isUnknown(truth)) missing ??= truth.unknown;
    }
    if (chosen.action !== 'isolate') return missing === undefined ? chosen : { ...chosen, missing };
    const excepted = firstThatHolds(exceptions, subject, at);
    if (excepted === undefined) return missing === undefined ? chosen : { ...chosen, missing };
    const { name, reason } = excepted.entry;
    const why = excepted.missing ?? missing;
    return {
      action: 'alert',
      rule: chosen.rule,
      policy: hash,
      exception: { name, reason },
      ...(why !== undefined && { missing: why }),
    };
  };
  return { hash, document, decide };
}

interface Exception {
  readonly entry: ExceptionDocument;
  readonly holds: Condition;
  readonly endsAt: number;
}

/** One that surely holds before one that may hold. */
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

function decisionOf(rule: RuleDocument, policy: string): Decision {
  const { action, dryRun, name, quiet, sourceVersions } = rule;
  return {
    action,
    rule: name,
    policy,
    ...(sourceVersions !== undefined && { sourceVersions }),
    ...(quiet !== undefined && { quiet }),
    ...(dryRun !== undefined && { dryRun }),
  };
}

const dayMs = 86_400_000;

/** The end of the last day of an exception, in UTC; one without an end never ends. */
export function endOf({ until }: Pick<ExceptionDocument, 'until'>): number {
  return until === undefined ? Number.POSITIVE_INFINITY : Date.parse(`${until}T00:00:00Z`) + dayMs;
}

function hashOf(document: PolicyDocument): string {
  return createHash('sha256').update(canonical(document)).digest('hex').slice(0, 16);
}

/** JSON with the members of each object in the order of their names. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}

export const defaultPolicy = compilePolicy(defaultDocument);
export const decideByDefault: Decide = defaultPolicy.decide;
