import type { Clients } from '../aws/sdk/clients.ts';
import type { Config } from '../config/config.ts';
import type { PolicyProblem } from '../config/policy/describe-issue.ts';
import { policyPlace } from '../config/policy/policy-place.ts';
import type { ReadPolicy } from '../config/policy/read-policy.ts';
import type { AlertTopic } from '../core/alert-topic.ts';
import { policyKey } from '../core/evidence/keys.ts';
import type { IsolationBucket } from '../core/isolation-bucket.ts';
import { partitionOf } from '../core/partition.ts';
import { canonical, defaultPolicy, type Policy } from '../core/policy/policy.ts';
import type { ReadPolicyText } from '../core/policy/policy-text.ts';
import { policyRejectedAlert } from '../core/tell/policy-alert.ts';
import { createPolicyInForce, type PolicyInForce, type PolicyRead } from '../flow/policy-in-force.ts';
import type { Readiness } from '../http/readiness.ts';
import type { Events } from '../telemetry/events.ts';
import { alertOperators } from './alert-operators.ts';
import { createPolicyRejections } from './policy-rejections.ts';
import { policySource, regularFileSource } from './policy-source.ts';

export interface PolicyParts {
  readonly alerts: AlertTopic;
  readonly bucket: Pick<IsolationBucket, 'put'>;
  readonly clients: Clients;
  readonly events: Events;
  readonly readiness: Readiness;
}

/** The text with which a worker was to start is not a policy. */
export class InvalidPolicyError extends Error {
  override readonly name = 'InvalidPolicyError';
}

/** Composes the policy of this worker from `POLICY_FILE`, from `POLICY`, or from the built-in policy. */
export function composePolicy(
  config: Config,
  { alerts, bucket, clients, events, readiness }: PolicyParts,
  options: { readonly refreshPolicyEveryMs?: number | undefined },
): PolicyInForce<Policy> {
  const { accountId, isolationBucket, policy: inline, policyFile } = config;
  const readText = sourceOf(config, clients);
  const source = policyFile ?? (inline === undefined ? 'built-in' : 'POLICY');
  /**
   * Keeps the policies that records name, for investigators. If the write fails, another worker writes the
   * policy, or this worker does at its next start.
   */
  const keep = (policy: Policy) =>
    bucket
      .put(
        policyKey(policy.hash),
        canonical({
          hash: policy.hash,
          source,
          ...(policy.version !== undefined && { version: policy.version }),
          taken_up_at: new Date().toISOString(),
          policy: policy.document,
        }),
      )
      .catch(() => undefined);
  const rejections = createPolicyRejections((problem) =>
    alertOperators(alerts, events, policyRejectedAlert({ accountId, isolationBucket, problem, source })),
  );
  const inForce: PolicyInForce<Policy> = createPolicyInForce(
    () => readPolicyNow(readText, config),
    {
      takenUp(policy) {
        readiness.set('policy', true);
        events.policyTakenUp(policy, source);
        void keep(policy);
      },
      rejected(problem) {
        events.policyRejected(problem);
        // Before the first policy there is nothing to continue with: the process ends, or is not ready.
        if (inForce.current !== undefined) rejections.begins(problem);
      },
      stillRejected(problem) {
        events.policyRejected(problem);
        if (inForce.current !== undefined) rejections.goesOn(problem);
      },
      unreadable: (problem) => events.policyUnreadable(problem),
      readableAgain: () => events.policyReadableAgain(),
    },
    { refreshEveryMs: options.refreshPolicyEveryMs },
  );
  return inForce;
}

/** Returns how the policy is read, or `undefined` for the built-in policy. */
function sourceOf(
  { accountId, policy: inline, policyFile, region }: Config,
  clients: Clients,
): ReadPolicyText | undefined {
  if (inline !== undefined) return async () => ({ kind: 'text', text: inline });
  const place = policyFile === undefined ? undefined : policyPlace(policyFile);
  if (place?.kind === 'file') return regularFileSource(place.path);
  const own = { s3: () => clients.s3(region), ssm: () => clients.ssm() };
  return place && policySource(place, own, accountId);
}

async function readPolicyNow(
  readText: ReadPolicyText | undefined,
  { isolationBucket, region }: Config,
): Promise<PolicyRead<Policy>> {
  if (readText === undefined) {
    return { kind: 'policy', version: defaultPolicy.hash, policy: defaultPolicy };
  }
  const read = await readText();
  if (read.kind === 'invalid') return { ...read, version: read.problem };
  if (read.kind !== 'text') return read;
  const { text, version } = read;
  // A source can give a version twice: those of a parameter begin at 1 again after it was deleted.
  const held = version === undefined ? text : `${version}\n${text}`;
  // Loaded only for a policy of one's own: YAML would cost every start its time.
  const { readPolicy } = await import('../config/policy/read-policy.ts');
  const parsed = readPolicy(text, isolationBucket, version);
  const problems = parsed.ok ? foreignTopics(parsed, region) : parsed.problems;
  if (parsed.ok && problems.length === 0) {
    return { kind: 'policy', version: held, policy: parsed.policy };
  }
  const problem = problems
    .map(({ column, line, message }) => `line ${line}, column ${column}: ${message}`)
    .join('\n');
  return { kind: 'invalid', version: held, problem };
}

/** The worker publishes in its own region, and no permission reaches into another partition. */
function foreignTopics(
  { places, policy }: Extract<ReadPolicy, { ok: true }>,
  region: string,
): readonly PolicyProblem[] {
  return policy.document.rules.flatMap(({ alert = '' }, index) => {
    const own = `arn:${partitionOf(region)}:sns:${region}:`;
    if (alert === '' || alert.startsWith(own)) return [];
    const message = `rules[${index}].alert must be a topic of the worker's own region: it must begin with ${own}.`;
    return [{ message, ...places.value(['rules', index, 'alert']) }];
  });
}
