import type { ErrorClass } from './error-class.ts';

/**
 * Errors that only S3's sentence identifies, because the code has several meanings. The text of a denial
 * holds the principal, bucket and key, which users choose. So each sentence is matched from start to end, and
 * never searched for a word. The text of a principal has no spaces (IAM allows none in names and paths), so
 * nothing that a user chose can come before the action.
 */
const sentences: readonly (readonly [code: string, sentence: RegExp, errorClass: ErrorClass])[] = [
  ['AccessDenied', /^mfa authentication must be used for this request\.?$/i, { kind: 'mfa-required' }],
  ['AccessDenied', /^access denied because object protected by object lock\.?$/i, { kind: 'locked' }],
  // MinIO and the Versity gateway send this text. They send it for deletes too.
  ['InvalidRequest', /^object is worm protected and cannot be overwritten\.?$/i, { kind: 'locked' }],
  // Ceph sends this text.
  ['AccessDenied', /^forbidden by object lock\.?$/i, { kind: 'locked' }],
  // KMS, through S3: the policy of the key or of the role denies the call.
  [
    'AccessDenied',
    /^user: \S+ is not authorized to perform: kms:[a-z]+ on (?:resource: |this resource\b|the resource associated with this ciphertext\b)[^]*$/i,
    { kind: 'refused', reason: 'source-key-unusable' },
  ],
  // KMS, through S3: the key belongs to another account or another region, or was deleted.
  [
    'AccessDenied',
    /^the ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access\.?$/i,
    { kind: 'refused', reason: 'source-key-unusable' },
  ],
  // A request for an SSE-C object without its key.
  [
    'InvalidRequest',
    /^the object was stored using a form of server side encryption\.(?: the correct parameters must be provided to retrieve the object\.)?$/i,
    { kind: 'refused', reason: 'sse-c' },
  ],
  [
    'InvalidRequest',
    /^the source of a copy request may not specifically refer to a delete marker by version id\.?$/i,
    { kind: 'delete-marker' },
  ],
  [
    'InvalidArgument',
    /^(?:invalid version id specified|version id cannot be the empty string)\.?$/i,
    { kind: 'malformed-version' },
  ],
  // If the text names no region, the credentials are malformed.
  [
    'AuthorizationHeaderMalformed',
    /^(?:the authorization header is malformed; )?the region (?:'[^']*' )?is wrong; expecting '[^']*'\.?$/i,
    { kind: 'refused', reason: 'cross-region' },
  ],
];

export function errorClassByText(code: string, message: string): ErrorClass | undefined {
  return sentences.find(([of, sentence]) => of === code && sentence.test(message))?.[2];
}
