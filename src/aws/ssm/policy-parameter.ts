import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { RetryableError } from '../../core/errors.ts';
import type { ReadPolicyText } from '../../core/policy/policy-text.ts';
import { awsErrorCode } from '../sdk/aws-errors.ts';

/** A read that takes longer counts as failed, and is made again at the next time. */
const deadlineMs = 10_000;

/** Reads the policy from a parameter of Parameter Store. A SecureString is decrypted. */
export function createPolicyParameter(client: SSMClient, name: string): ReadPolicyText {
  let known: { readonly version: number | undefined; readonly text: string } | undefined;
  return async () => {
    try {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }), {
        abortSignal: AbortSignal.timeout(deadlineMs),
      });
      const { Value, Version } = Parameter ?? {};
      // Parameter Store keeps no empty value. An answer without one comes from a proxy.
      if (Value === undefined) throw new RetryableError('AnswerWithoutValue', 'the answer has no value');
      // The versions of a parameter that was deleted and made anew begin at 1 again.
      if (Version === known?.version && Value === known?.text) return { kind: 'unchanged' };
      known = { version: Version, text: Value };
      return { kind: 'text', text: Value, ...(Version !== undefined && { version: String(Version) }) };
    } catch (error) {
      return { kind: 'unreadable', problem: `ssm:${name} cannot be read (${awsErrorCode(error)})` };
    }
  };
}
