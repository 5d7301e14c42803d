import { stat } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { PolicyPlace } from '../config/policy/policy-place.ts';
import { describeError } from '../core/describe-error.ts';
import { maximumPolicyBytes, type PolicyText, type ReadPolicyText } from '../core/policy/policy-text.ts';
import { readBounded } from './read-bounded.ts';

/** The clients by which a policy is read that is not a file. */
export interface PolicyClients {
  s3(): S3Client;
  ssm(): Promise<SSMClient>;
}

/** Reads the policy where `POLICY_FILE` names it. The client that only one kind of place needs is loaded with the first read. */
export function policySource(
  place: PolicyPlace,
  clients: PolicyClients,
  owner: string | undefined,
): ReadPolicyText {
  if (place.kind === 'file') return () => readPolicyFile(place.path);
  let opened: Promise<ReadPolicyText> | undefined;
  return async () => {
    opened ??= place.kind === 's3' ? objectOf(place, clients, owner) : parameterOf(place.name, clients);
    return (await opened)();
  };
}

async function objectOf(
  { bucket, key }: Extract<PolicyPlace, { kind: 's3' }>,
  clients: PolicyClients,
  owner: string | undefined,
): Promise<ReadPolicyText> {
  const { createPolicyObject } = await import('../aws/s3/bucket/policy-object.ts');
  return createPolicyObject(clients.s3(), { bucket, key, ...(owner !== undefined && { owner }) });
}

async function parameterOf(name: string, clients: PolicyClients): Promise<ReadPolicyText> {
  const { createPolicyParameter } = await import('../aws/ssm/policy-parameter.ts');
  return createPolicyParameter(await clients.ssm(), name);
}

async function readPolicyFile(path: string): Promise<PolicyText> {
  try {
    return { kind: 'text', text: await readBounded(path, maximumPolicyBytes + 1) };
  } catch (error) {
    const { code, name } = describeError(error);
    return { kind: 'unreadable', problem: `${path} cannot be read (${code ?? name})` };
  }
}

/**
 * Reads the policy of a worker from a file. A worker reads it again and again, which a pipe does not bear: the read waits for
 * whoever writes, and Node cannot end meanwhile.
 */
export function regularFileSource(path: string): ReadPolicyText {
  return async () => {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.isFile()) return readPolicyFile(path);
    return { kind: 'invalid', problem: `${path} must be a regular file, or a link to one.` };
  };
}
