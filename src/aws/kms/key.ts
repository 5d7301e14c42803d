import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import type { KeySeen } from '../../core/operate/doctor/judge-key.ts';
import { valueOf } from '../sdk/answered.ts';

/** Reads what is set for a key. Errors of the SDK are passed on. */
export function keySettings(client: KMSClient, KeyId: string) {
  return {
    async state(): Promise<KeySeen> {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
      const {
        Arn: arn = KeyId,
        KeyManager,
        KeyState,
        Origin,
      } = valueOf(KeyMetadata, 'DescribeKey', 'metadata');
      const state = valueOf(KeyState, 'DescribeKey', 'state');
      return { arn, state, isOfAws: KeyManager === 'AWS', hasOwnMaterial: Origin !== 'AWS_KMS' };
    },
    async rotates(): Promise<boolean> {
      const { KeyRotationEnabled } = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
      return valueOf(KeyRotationEnabled, 'GetKeyRotationStatus', 'state');
    },
    async policy(): Promise<string | undefined> {
      return (await client.send(new GetKeyPolicyCommand({ KeyId }))).Policy;
    },
  };
}
