import type { S3Client } from '@aws-sdk/client-s3';
import { keyShown, listPages } from '../object/list-keys.ts';

/** Returns the keys under a prefix that were written last, newest first. Errors of the SDK are passed on. */
export async function newestKeys(
  client: S3Client,
  listing: { readonly bucket: string; readonly owner: string; readonly prefix: string },
  count: number,
): Promise<readonly string[]> {
  let newest: { readonly key: string; readonly at: number }[] = [];
  for await (const page of listPages(client, listing)) {
    const found = (page.Contents ?? []).map(({ Key = '', LastModified }) => ({
      key: keyShown(Key, page),
      at: LastModified?.getTime() ?? 0,
    }));
    newest = [...newest, ...found].toSorted((one, other) => other.at - one.at).slice(0, count);
  }
  return newest.map(({ key }) => key);
}
