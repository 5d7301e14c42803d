import type { startStack } from '../../../scripts/drill/stack.ts';
import { envelope, macieDetail, md5Hex } from '../../support/findings.ts';

type Stack = Awaited<ReturnType<typeof startStack>>;

const account = '000000000000';
const bucket = 'isolation-data';
export const urlOf = (queue: string) => `http://localhost:4566/${account}/${queue}`;
export const findingsQueue = 'macie-isolator-findings';

/** Uploads an object with each key, and sends so many High findings about it to the queue, all of this moment. */
export async function flag(stack: Stack, keys: readonly string[], findingsEach = 1): Promise<void> {
  const bodies: string[] = [];
  for (const key of keys) {
    const object = await upload(stack, key);
    for (let index = 0; index < findingsEach; index += 1) bodies.push(bodyAbout(key, object, index));
  }
  for (let from = 0; from < bodies.length; from += 10) {
    const entries = bodies
      .slice(from, from + 10)
      .map((body, index) => ({ Id: `${index}`, MessageBody: body }));
    const batch = ['--queue-url', urlOf(findingsQueue), '--entries', JSON.stringify(entries)];
    await stack.aws('sqs', 'send-message-batch', ...batch);
  }
}

interface Uploaded {
  readonly ETag: string;
  readonly VersionId?: string;
}

async function upload(stack: Stack, key: string): Promise<Uploaded> {
  const put = `awslocal s3api put-object --bucket ${bucket} --key ${key} --body /tmp/drill`;
  const script = `printf 'name,${key}' > /tmp/drill && ${put}`;
  return JSON.parse(await stack.compose('exec', '-T', 'localstack', 'sh', '-c', script)) as Uploaded;
}

function bodyAbout(key: string, { ETag, VersionId = '' }: Uploaded, index: number): string {
  const at = new Date().toISOString();
  const whole = macieDetail() as { resourcesAffected: { s3Bucket: object; s3Object: object } };
  const { s3Bucket, s3Object } = whole.resourcesAffected;
  const bucketArn = `arn:aws:s3:::${bucket}`;
  const detail = macieDetail({
    id: md5Hex(`${key} ${at} ${index}`),
    accountId: account,
    createdAt: at,
    updatedAt: at,
    resourcesAffected: {
      s3Bucket: { ...s3Bucket, arn: bucketArn, name: bucket },
      s3Object: {
        ...s3Object,
        bucketArn,
        key,
        path: `${bucket}/${key}`,
        eTag: ETag.replaceAll('"', ''),
        versionId: VersionId,
        size: `name,${key}`.length,
      },
    },
  });
  return JSON.stringify(envelope(detail));
}
