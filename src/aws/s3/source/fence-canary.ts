import {
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { FenceStep } from '../../../core/fence/proof.ts';
import type { FencedBucket } from '../../../core/fences.ts';
import { fenceTag } from '../../../core/fences.ts';
import { canaryKey, type FenceCanary } from '../../../core/operate/fence/check-fence.ts';
import { awsErrorCode, errorClassOf, isTransient } from '../../sdk/aws-errors.ts';
import { problemOf } from '../bucket/bucket-policies.ts';

const text =
  'macie-isolator puts this object to prove that its fence holds in this bucket. It holds no data.\n';

/** Handles the canary of one bucket with the credentials of the probe role. */
export function createFenceCanary(client: S3Client, { accountId, bucket }: FencedBucket): FenceCanary {
  const object = { Bucket: bucket, Key: canaryKey, ExpectedBucketOwner: accountId };
  let versionId: string | undefined;
  /** S3 asks for another permission where a call names a version, so each call is made in both forms. */
  const forms = () => (versionId === undefined ? [{}] : [{}, { VersionId: versionId }]);

  const read = async (form: { readonly VersionId?: string }) => {
    const { Body } = await client.send(new GetObjectCommand({ ...object, ...form }));
    await Body?.transformToByteArray();
  };
  const tagWith = async (form: { readonly VersionId?: string }, names: readonly string[]) => {
    const TagSet = names.map((Key) => ({ Key, Value: 'canary' }));
    await client.send(new PutObjectTaggingCommand({ ...object, ...form, Tagging: { TagSet } }));
  };
  const untag = async (form: { readonly VersionId?: string }) => {
    await client.send(new DeleteObjectTaggingCommand({ ...object, ...form }));
  };
  const callsOf: Readonly<Record<FenceStep, () => readonly (() => Promise<void>)[]>> = {
    put: () => [
      async () => {
        versionId = (await client.send(new PutObjectCommand({ ...object, Body: text }))).VersionId;
      },
    ],
    read: () => forms().map((form) => () => read(form)),
    // The worker names the version where there is one.
    tag: () =>
      forms()
        .slice(-1)
        .map((form) => () => tagWith(form, [fenceTag])),
    'read-tagged': () => forms().map((form) => () => read(form)),
    untag: () => forms().flatMap((form) => [() => untag(form), () => tagWith(form, [])]),
  };

  return {
    async take({ step, wanted }) {
      for (const call of callsOf[step]()) {
        const got = await answerTo(call);
        if (got !== wanted) return got;
      }
      return wanted;
    },
  };
}

async function answerTo(call: () => Promise<void>): Promise<string> {
  try {
    await call();
    return 'allowed';
  } catch (error) {
    if (isTransient(error)) throw error;
    const { kind } = errorClassOf(error);
    if (kind === 'no-such-bucket') throw problemOf(error, 's3:PutObject');
    return kind === 'denied' ? 'denied' : awsErrorCode(error);
  }
}
