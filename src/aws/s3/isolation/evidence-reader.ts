import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { EvidenceReader } from '../../../core/operate/records/evidence-reader.ts';
import { saysNoSuchKey } from '../../sdk/aws-errors.ts';
import { eTagOf } from '../object/etag.ts';
import { keyShown, listPages } from '../object/list-keys.ts';

export interface EvidenceReaderOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** The account that owns the bucket. */
  readonly owner: string;
}

/**
 * Reads records and listings of the isolation bucket, with the operator's permissions. Errors of the SDK are
 * passed on.
 */
export function createEvidenceReader({ client, bucket, owner }: EvidenceReaderOptions): EvidenceReader {
  const pages = (prefix: string, more: { readonly delimiter?: string; readonly startAfter?: string } = {}) =>
    listPages(client, { bucket, owner, prefix, ...more });

  return {
    async folders(prefix) {
      const names: string[] = [];
      for await (const page of pages(prefix, { delimiter: '/' })) {
        for (const { Prefix = '' } of page.CommonPrefixes ?? []) {
          names.push(keyShown(Prefix, page).slice(prefix.length, -1));
        }
      }
      return names;
    },

    async *keys(prefix, startAfter) {
      for await (const page of pages(prefix, startAfter === undefined ? {} : { startAfter })) {
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield keyShown(Key, page);
      }
    },

    async get(key) {
      try {
        const answer = await client.send(
          new GetObjectCommand({
            Bucket: bucket,
            Key: key,
            ExpectedBucketOwner: owner,
            ChecksumMode: 'ENABLED',
          }),
        );
        const text = await answer.Body?.transformToString();
        // A page of a proxy would count as a record that is damaged.
        eTagOf(answer, `GetObject of ${key}`);
        return text;
      } catch (error) {
        if (saysNoSuchKey(error)) return undefined;
        throw error;
      }
    },
  };
}
