import type { S3Client } from '@aws-sdk/client-s3';
import type { ListedCopy } from '../../../core/isolation-bucket.ts';
import { keyShown, listPages } from '../object/list-keys.ts';

/** The caller wants the copies of one key, and looks at few of them. */
const maximumPages = 10;

/**
 * Lists the objects of the isolation bucket whose keys begin with the prefix. The prefix ends in `@`, which
 * an encoded key never holds.
 */
export async function listCopies(
  client: S3Client,
  listing: { readonly bucket: string; readonly owner: string; readonly prefix: string },
): Promise<ListedCopy[]> {
  const found: ListedCopy[] = [];
  let pages = 0;
  for await (const { Contents = [], EncodingType } of listPages(client, listing)) {
    for (const { Key, Size, LastModified } of Contents) {
      const key = keyUnder(listing.prefix, Key, EncodingType);
      if (key === undefined || Size === undefined) continue;
      found.push({ key, sizeBytes: Size, lastModified: LastModified ?? new Date(0) });
    }
    pages += 1;
    if (pages === maximumPages) break;
  }
  return found;
}

/** Some stores say that they encode keys, but do not. A key that begins with the raw prefix was not encoded. */
function keyUnder(
  prefix: string,
  shown: string | undefined,
  encoding: string | undefined,
): string | undefined {
  if (shown === undefined || shown.startsWith(prefix)) return shown;
  const key = keyShown(shown, { EncodingType: encoding });
  return key.startsWith(prefix) ? key : undefined;
}
