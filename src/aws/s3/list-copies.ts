import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { ListedCopy } from '../../core/ports.ts';

/** 1,000 keys each. Who asks wants the copies of one key, and looks at few of them. */
const maximumPages = 10;

/** What lies in the isolation bucket under keys that begin like this. `EncodingType: url`, since XML cannot carry every key. */
export async function listCopies(
  client: S3Client,
  { bucket, owner, prefix }: { readonly bucket: string; readonly owner: string; readonly prefix: string },
): Promise<ListedCopy[]> {
  const found: ListedCopy[] = [];
  let token: string | undefined;
  for (let page = 0; page < maximumPages; page += 1) {
    const answer: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        ExpectedBucketOwner: owner,
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    for (const { Key, Size, LastModified } of answer.Contents ?? []) {
      const key = keyUnder(prefix, Key, answer.EncodingType);
      if (key === undefined || Size === undefined) continue;
      found.push({ key, sizeBytes: Size, lastModified: LastModified ?? new Date(0) });
    }
    token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
    if (token === undefined) break;
  }
  return found;
}

/** Some stores say that they encode keys and do not. What begins with the prefix as it is was not encoded. */
function keyUnder(
  prefix: string,
  shown: string | undefined,
  encoding: string | undefined,
): string | undefined {
  if (shown === undefined || shown.startsWith(prefix)) return shown;
  if (encoding !== 'url') return undefined;
  try {
    const key = decodeURIComponent(shown.replaceAll('+', '%20'));
    return key.startsWith(prefix) ? key : undefined;
  } catch {
    return undefined;
  }
}
