import type { FlaggedObject } from '../../core/finding.ts';
import { checkedVersionId, isObjectKey } from '../../core/object-names.ts';
import { regionPattern } from '../../core/region.ts';
import { usageError } from '../frame/command-error.ts';
import { visible } from '../frame/terminal.ts';
import { placeOfUri } from '../s3-uri.ts';

/** The object that `s3://bucket/key` and the flags of the command name. */
export function objectAt(
  uri: string,
  { account, region, version }: { account: string; region: string; version: string | undefined },
): FlaggedObject {
  const { bucket, key } = placeOfUri(uri);
  if (!isObjectKey(key)) throw usageError(`${visible(uri)} names no object: the key is too long for S3.`);
  if (!regionPattern.test(region)) throw usageError(`${visible(region)} is no region.`);
  // The id `null` names no bytes, since a PUT replaces them. The object that lies there now is known by its ETag.
  if (version !== undefined && version !== 'null' && checkedVersionId(version) === undefined) {
    throw usageError(`${visible(version)} is no version id.`);
  }
  return { accountId: account, region, bucket, key, ...(version !== undefined && { versionId: version }) };
}
