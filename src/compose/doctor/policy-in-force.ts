import { policyPlace } from '../../config/policy/policy-place.ts';
import { readPolicy } from '../../config/policy/read-policy.ts';
import { policyKey } from '../../core/evidence/keys.ts';
import { jsonOf } from '../../core/json.ts';
import type { PolicySeen } from '../../core/operate/doctor/judge-never-shown.ts';
import type { LastRecords } from '../../core/operate/doctor/last-records.ts';
import { UncheckedError } from '../../core/operate/doctor/run-checks.ts';
import { defaultDocument } from '../../core/policy/policy.ts';
import type { OperatorClients } from '../operator/clients.ts';
import { evidenceOf, type IsolationBucketSettings } from '../operator/isolation-bucket.ts';
import { policySource } from '../policy-source.ts';

export interface PolicySettings {
  readonly POLICY?: string | undefined;
  readonly POLICY_FILE?: string | undefined;
}

/**
 * Finds the policy by which workers decide: that of the settings, else the one that the latest record names and a
 * worker kept, else the built-in one, which workers have without a policy.
 */
export async function policyInForce(
  clients: OperatorClients,
  settings: PolicySettings & IsolationBucketSettings,
  { policyHash }: LastRecords,
): Promise<PolicySeen> {
  const { ISOLATION_BUCKET: bucket, POLICY: inline, POLICY_FILE: file } = settings;
  if (inline !== undefined) return understood(inline, 'POLICY', bucket);
  if (file !== undefined) return understood(await textAt(clients, file), file, bucket);
  if (policyHash === undefined) return { document: defaultDocument, source: 'built-in' };
  const kept = await evidenceOf(clients, settings).get(policyKey(policyHash));
  const { policy } = (jsonOf(kept) ?? {}) as { readonly policy?: unknown };
  if (policy === undefined) {
    throw new UncheckedError(`The policy ${policyHash} of the latest record was not kept: set POLICY_FILE.`);
  }
  return understood(JSON.stringify(policy), `of the latest record, ${policyHash}`, bucket);
}

async function textAt(clients: OperatorClients, file: string): Promise<string> {
  const place = policyPlace(file);
  const read =
    place && (await policySource(place, { s3: () => clients.s3(), ssm: () => clients.ssm() }, undefined)());
  if (read?.kind === 'text') return read.text;
  throw new UncheckedError(
    `The policy cannot be read: ${read?.kind === 'unreadable' ? read.problem : file}.`,
    'Name it as this machine sees it: --set POLICY_FILE=...',
  );
}

function understood(text: string, source: string, isolationBucket: string): PolicySeen {
  const read = readPolicy(text, isolationBucket);
  if (read.ok) return { document: read.policy.document, source };
  throw new UncheckedError(`The policy (${source}) is not valid.`, 'macie-isolator policy check says why.');
}
