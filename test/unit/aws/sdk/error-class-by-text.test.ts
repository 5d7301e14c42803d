import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorClassOf } from '../../../../src/aws/sdk/aws-errors.ts';
import { anyCharacter } from '../../../support/any-character.ts';

const denial = (message: string) =>
  Object.assign(new Error(message), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });

/** What the table looks for, as somebody would put it into a name to steer an answer. */
const sentences = [
  'mfa',
  'Mfa Authentication must be used for this request',
  'object lock',
  'Access Denied because object protected by object lock.',
  'forbidden by object lock',
  'kms:',
  'is not authorized to perform: kms:Decrypt on resource: x',
  'User: a is not authorized to perform: kms:Decrypt on resource: b',
  'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
];
/** Keys may hold anything, newlines and quotes included. */
const key = fc
  .tuple(fc.string({ unit: anyCharacter }), fc.constantFrom('', ...sentences), fc.string())
  .map((parts) => parts.join(''));
/** IAM takes these in names and paths, S3 those in buckets: neither takes a space. */
const ofIam = fc.stringMatching(/^[\w+=,.@/-]{0,40}$/);
const name = fc
  .tuple(ofIam, fc.constantFrom('', 'require-mfa', 'object-lock', 'kms:Decrypt'), ofIam)
  .map((parts) => parts.join(''));
const principal = fc
  .tuple(fc.constantFrom('iam::111122223333:user/', 'sts::111122223333:assumed-role/'), name)
  .map((parts) => `arn:aws:${parts.join('')}`);
const action = fc.constantFrom('s3:GetObject', 's3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutObject');
const because = fc.constantFrom(
  ' because no identity-based policy allows the s3:DeleteObject action',
  ' with an explicit deny in a resource-based policy',
  ' with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-require-mfa',
  '',
);

describe('texts that users steer', () => {
  it('a denial by S3 is a denial, whatever the names of principal, bucket and key say', () => {
    fc.assert(
      fc.property(
        principal,
        action,
        name,
        key,
        because,
        fc.constantFrom('"', ''),
        (who, what, bucket, object, why, quote) => {
          const resource = `${quote}arn:aws:s3:::${bucket}/${object}${quote}`;
          const message = `User: ${who} is not authorized to perform: ${what} on resource: ${resource}${why}`;
          expect(errorClassOf(denial(message))).toEqual({ kind: 'denied' });
        },
      ),
      { numRuns: 500 },
    );
  });

  it("a refusal by KMS is the source key's, whatever the names of principal and key say", () => {
    fc.assert(
      fc.property(
        principal,
        fc.constantFrom('kms:Decrypt', 'kms:GenerateDataKey'),
        name,
        because,
        (who, what, alias, why) => {
          const message = `User: ${who} is not authorized to perform: ${what} on resource: arn:aws:kms:eu-west-1:1:key/${alias}${why}`;
          expect(errorClassOf(denial(message))).toEqual({ kind: 'refused', reason: 'source-key-unusable' });
        },
      ),
    );
  });
});
