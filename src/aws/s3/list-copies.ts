import type { S3Client } from '@aws-sdk/client-s3';
import type { ListedCopy } from '../../core/ports.ts';
import { listPages } from './list-keys.ts';

/** Who asks wants the copies of one key, and looks at few of them. */
const maximumPages = 10;

/** What lies in the isolation bucket under keys that begin like this. The prefix ends in `@`, which no encoded key shows as it is. */
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
