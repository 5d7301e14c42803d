import { createHash, randomBytes } from 'node:crypto';
import type { Exchange } from '../exchange.ts';
import type { S3Request } from '../http/http-request.ts';
import { S3Error } from '../s3-error.ts';
import type { Version } from '../store/bucket.ts';
import { type Content, md5Hex } from '../store/content.ts';

const prefix = 'x-amz-server-side-encryption';
const keyIdHeader = `${prefix}-aws-kms-key-id`;

/** Returns the encryption headers that answers show. A customer's key is known only by its digest. */
export function encryptionOf(headers: S3Request['headers']): Record<string, string> {
  const given = Object.entries(headers).filter(
    ([name]) => name.startsWith(prefix) && name !== `${prefix}-customer-key`,
  );
  return Object.fromEntries(given) as Record<string, string>;
}

/** The ETag is an MD5 unless the object is encrypted with a key that is not S3's own (aws-facts 2). */
export function eTagOf(content: Content, encryption: Readonly<Record<string, string>>): string {
  const opaque =
    encryption[prefix]?.startsWith('aws:kms') || encryption[`${prefix}-customer-algorithm`] !== undefined;
  return opaque ? randomBytes(16).toString('hex') : md5Hex(content);
}

/**
 * Throws the error that S3 answers to a caller who cannot decrypt. `of` is the prefix of the headers for a
 * copy source.
 */
export function decrypt(exchange: Exchange, version: Version, of = 'x-amz-'): void {
  const { headers } = exchange.request;
  const customerKey = version.encryption[`${prefix}-customer-key-md5`];
  const sentKey = headers[`${of}server-side-encryption-customer-key`];
  if (customerKey !== undefined && sentKey === undefined) {
    throw new S3Error(
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
  }
  if (customerKey !== undefined && md5(Buffer.from(sentKey ?? '', 'base64')) !== customerKey) {
    throw new S3Error('AccessDenied');
  }
  useKey(exchange, version.encryption, 'kms:Decrypt');
}

/** Checks `kms:GenerateDataKey` for a new object. */
export function useKey(
  { store, principal }: Pick<Exchange, 'store' | 'principal'>,
  encryption: Readonly<Record<string, string>>,
  action: string,
): void {
  const keyId = encryption[keyIdHeader];
  if (keyId === undefined) return;
  switch (store.keys.get(keyId) ?? 'enabled') {
    case 'enabled':
      return;
    case 'disabled':
      throw new S3Error('KMS.DisabledException', `${keyId} is disabled.`);
    case 'pending-deletion':
      throw new S3Error('KMS.KMSInvalidStateException', `${keyId} is pending deletion.`);
    case 'absent':
      throw new S3Error('KMS.NotFoundException', `Key '${keyId}' does not exist`);
    case 'denied':
      throw new S3Error(
        'AccessDenied',
        `User: ${principal} is not authorized to perform: ${action} on resource: ${keyId} because no identity-based policy allows the ${action} action`,
      );
    case 'hidden':
      throw new S3Error(
        'AccessDenied',
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      );
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}
