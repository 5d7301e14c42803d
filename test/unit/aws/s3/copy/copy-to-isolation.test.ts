import type { S3Client } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { createCopier } from '../../../../../src/aws/s3/copy/copy-to-isolation.ts';
import { IsolationFaultError, RefusedError } from '../../../../../src/core/errors.ts';
import type { CopyAnswer } from '../../../../../src/core/isolation-bucket.ts';
import { storedObject } from '../../../../support/fake-stored-object.ts';
import { flaggedObject } from '../../../../support/findings.ts';

const partBytes = 5 * 1024 ** 2;

type Sent = { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> };

const awsError = (name: string, status: number, message = name) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
const noSuchKey = awsError('NoSuchKey', 404);
const notAllowed = awsError('MethodNotAllowed', 405);
const nameless = (status: number) => awsError('Unknown', status);

const callOf = ({ constructor: { name } }: Sent) => name.replace(/Command$/, '');
const answers: Readonly<Record<string, unknown>> = {
  CreateMultipartUpload: { UploadId: 'u' },
  GetObjectTagging: { TagSet: [{ Key: 'team', Value: 'hr' }] },
};

/** S3 answers these errors to these calls, and takes every other call. `parts` is the size of the object. */
async function copy(
  parts: number,
  errors: Readonly<Record<string, Error>>,
  sent: Sent[] = [],
): Promise<CopyAnswer> {
  const client = {
    async send(command: Sent) {
      sent.push(command);
      const call = callOf(command);
      const error =
        errors[command.input['Tagging'] === undefined ? call : `${call} with tags`] ?? errors[call];
      if (error !== undefined) throw error;
      return answers[call] ?? {};
    },
  } as unknown as S3Client;
  const copier = createCopier(
    {
      client,
      sourceClientFor: () => client,
      multipartThresholdBytes: partBytes,
      multipart: { partBytes, limit: pLimit(4) },
    },
    (Key) => ({ Bucket: 'isolation', Key, ExpectedBucketOwner: '111122223333' }),
  );
  return copier({
    from: flaggedObject(),
    stored: storedObject('x', { sizeBytes: parts * partBytes }),
    isolationKey: 'copy',
    checksum: { algorithm: 'CRC64NVME', value: 'AAAAAAAAAAA=', type: 'FULL_OBJECT' },
    metadata: {},
  });
}

const calls = [
  ['CopyObject', 1],
  ['CreateMultipartUpload', 2],
  ['UploadPartCopy', 2],
  ['CompleteMultipartUpload', 2],
] as const;
const errorsOf = (call: string, error: Error) => ({ HeadObject: nameless(404), [call]: error });

describe.each(calls)('a copy whose %s', (call, parts) => {
  it.each([notAllowed, noSuchKey, nameless(404), nameless(405)])(
    'is answered %s although the source can be read is refused by the isolation side',
    async (error) => {
      await expect(copy(parts, errorsOf(call, error))).rejects.toBeInstanceOf(IsolationFaultError);
    },
  );

  it.each([
    [noSuchKey, noSuchKey],
    [notAllowed, notAllowed],
    [noSuchKey, awsError('AccessDenied', 403)],
  ])('is answered %s where a read of the source gets %s is left to another look', async (error, ofRead) => {
    const answer = await copy(parts, { ...errorsOf(call, error), GetObject: ofRead });

    expect(answer).toEqual({ kind: 'precondition-failed' });
  });

  it.each([
    awsError('PreconditionFailed', 412),
    awsError('NoSuchUpload', 404),
    awsError(
      'InvalidRequest',
      400,
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    ),
  ])('is answered %s is left to another look, without a read of the source', async (error) => {
    const answer = await copy(parts, { ...errorsOf(call, error), GetObject: new Error('not to be called') });

    expect(answer).toEqual({ kind: 'precondition-failed' });
  });
});

describe('a copy in parts whose start is denied', () => {
  const denied = awsError('AccessDenied', 403);
  const start = 'CreateMultipartUpload';
  const starts = (sent: readonly Sent[]) =>
    sent.filter((command) => callOf(command) === start).map(({ input }) => input['Tagging']);

  it('because of its tags leaves the tags behind, and says so', async () => {
    const sent: Sent[] = [];
    const answer = await copy(2, errorsOf(`${start} with tags`, denied), sent);

    expect(answer).toMatchObject({ kind: 'copied', tagsCopied: false, leftBehind: ['tags'] });
    expect(starts(sent)).toEqual(['team=hr', undefined]);
  });

  it('without its tags too is refused by the isolation side', async () => {
    const sent: Sent[] = [];
    const refused = copy(2, errorsOf(start, denied), sent);

    await expect(refused).rejects.toBeInstanceOf(IsolationFaultError);
    expect(starts(sent)).toEqual(['team=hr', undefined]);
  });

  it('is refused for its source where the source may not be read either', async () => {
    const refused = copy(2, { ...errorsOf(start, denied), GetObject: denied });

    await expect(refused).rejects.toBeInstanceOf(RefusedError);
  });

  it('is not begun again where a part is denied', async () => {
    const sent: Sent[] = [];
    const refused = copy(2, errorsOf('UploadPartCopy', denied), sent);

    await expect(refused).rejects.toBeInstanceOf(IsolationFaultError);
    expect(starts(sent)).toEqual(['team=hr']);
  });
});
