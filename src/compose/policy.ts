import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { describeError } from '../core/describe-error.ts';
import { policyKey } from '../core/evidence/keys.ts';
import { canonical, defaultPolicy, type Policy } from '../core/policy/policy.ts';
import type { AlertTopic, IsolationBucket } from '../core/ports.ts';
import { policyRejectedAlert } from '../core/tell/policy-alert.ts';
import { createPolicyInForce, type PolicyInForce, type PolicyRead } from '../flow/policy-in-force.ts';
import type { Readiness } from '../http/readiness.ts';
import type { Events } from '../telemetry/events.ts';

export interface PolicyParts {
  readonly alerts: AlertTopic;
  readonly bucket: Pick<IsolationBucket, 'put'>;
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
  { alerts, bucket, events, readiness }: PolicyParts,
  options: { readonly refreshPolicyEveryMs?: number | undefined },
): PolicyInForce<Policy> {
  const { accountId, isolationBucket, policy: inline, policyFile } = config;
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
          taken_up_at: new Date().toISOString(),
          policy: policy.document,
        }),
      )
      .catch(() => undefined);
  const tell = (problem: string) =>
    alerts
      .publish(policyRejectedAlert({ accountId, isolationBucket, problem, source }))
      .then((result) => events.alertDone(result))
      .catch(() => events.alertDone('failed'));
  const inForce: PolicyInForce<Policy> = createPolicyInForce(
    () => readSource(config),
    {
      takenUp(policy) {
        readiness.set('policy', true);
        events.policyTakenUp(policy, source);
        void keep(policy);
      },
      rejected(problem) {
        events.policyRejected(problem);
        // Before the first policy there is nothing to continue with: the process ends, or is not ready.
        if (inForce.current !== undefined) void tell(problem);
      },
      unreadable: (problem) => events.policyUnreadable(problem),
    },
    { refreshEveryMs: options.refreshPolicyEveryMs },
  );
  return inForce;
}

async function readSource({
  isolationBucket,
  policy: inline,
  policyFile,
}: Config): Promise<PolicyRead<Policy>> {
  if (policyFile === undefined && inline === undefined) {
    return { kind: 'policy', version: defaultPolicy.hash, policy: defaultPolicy };
  }
  let text = inline ?? '';
  if (policyFile !== undefined) {
    try {
      text = await readFile(policyFile, 'utf8');
    } catch (error) {
      const { code, name } = describeError(error);
      return { kind: 'unreadable', problem: `${policyFile} cannot be read (${code ?? name})` };
    }
  }
  // Loaded only for a policy of one's own: YAML would cost every start its time.
  const { readPolicy } = await import('../config/policy/read-policy.ts');
  const read = readPolicy(text, isolationBucket);
  if (read.ok) return { kind: 'policy', version: text, policy: read.policy };
  const problem = read.problems
    .map(({ column, line, message }) => `line ${line}, column ${column}: ${message}`)
    .join('\n');
  return { kind: 'invalid', version: text, problem };
}
