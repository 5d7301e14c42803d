import type { S3Client } from '@aws-sdk/client-s3';
import { RefusedError } from '../../../core/errors.ts';
import type { ObjectAddress } from '../../../core/finding.ts';
import { retryable } from '../../sdk/aws-errors.ts';
import type { ErrorClass } from '../../sdk/error-class.ts';
import { whyDenied } from '../object/why-unreadable.ts';

/** Returns the client for the account and region of this object. */
export type ClientFor = (object: ObjectAddress) => S3Client;

/** The error of the core for what a call at the source answered. */
export async function sourceError(
  clientFor: ClientFor,
  object: ObjectAddress,
  errorClass: ErrorClass,
  error: unknown,
  doing: string,
): Promise<Error> {
  const cause = { cause: error };
  switch (errorClass.kind) {
    case 'denied':
      return new RefusedError(
        await whyDenied(clientFor(object), object),
        `${doing} at the source is denied`,
        cause,
      );
    case 'no-such-bucket':
      return new RefusedError('no-such-bucket', 'the source bucket does not exist', cause);
    case 'refused':
      return new RefusedError(errorClass.reason, `${doing} at the source is refused`, cause);
    default:
      return retryable(error, doing);
  }
}
