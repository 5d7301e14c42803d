import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { EvidenceReader } from '../../core/operate/find-records.ts';
import { faultOf } from '../sdk/aws-errors.ts';

export interface EvidenceReaderOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** The bucket's account. */
  readonly owner: string;
}

/** Reads records and listings of the isolation bucket, with the operator's rights. Errors of the SDK pass through. */
export function createEvidenceReader({ client, bucket, owner }: EvidenceReaderOptions): EvidenceReader {
  const pages = async function* (input: { readonly Prefix: string; readonly Delimiter?: string }) {
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          ExpectedBucketOwner: owner,
          // In plain XML a key with control characters does not arrive as it is (aws-facts 10).
          EncodingType: 'url',
          ...input,
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      );
      yield page;
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  };

  return {
    async folders(prefix) {
      const names: string[] = [];
      for await (const { CommonPrefixes = [] } of pages({ Prefix: prefix, Delimiter: '/' })) {
        for (const { Prefix = '' } of CommonPrefixes) names.push(decoded(Prefix).slice(prefix.length, -1));
      }
      return names;
    },

    async *keys(prefix) {
      for await (const { Contents = [] } of pages({ Prefix: prefix })) {
        for (const { Key } of Contents) if (Key !== undefined) yield decoded(Key);
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
        return await answer.Body?.transformToString();
      } catch (error) {
        if (faultOf(error).kind === 'absent') return undefined;
        throw error;
      }
    },
  };
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
