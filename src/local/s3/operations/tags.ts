import { addressedBucket, findVersion, versionHeader } from '../access/addressed.ts';
import { type Operation } from '../exchange.ts';
import type { S3Request } from '../http/http-request.ts';
import { S3Error } from '../s3-error.ts';
import type { Version } from '../store/bucket.ts';
import { xmlDocument, xmlElements, xmlText } from '../xml.ts';

type Tags = Version['tags'];

export const getObjectTagging: Operation = (exchange) => {
  const { request } = exchange;
  const bucket = addressedBucket(exchange);
  const version = findVersion(exchange, bucket, request.key, request.query.get('versionId'));
  const Tag = version.tags.map(([Key, Value]) => ({ Key, Value }));
  return { headers: versionHeader(bucket, version), xml: xmlDocument('Tagging', { TagSet: { Tag } }) };
};

export const putObjectTagging: Operation = (exchange) => {
  const { request } = exchange;
  const bucket = addressedBucket(exchange);
  const version = findVersion(exchange, bucket, request.key, request.query.get('versionId'));
  const tags = xmlElements(request.body.toString('utf8'), 'Tag').map(
    (tag) => [xmlText(tag, 'Key') ?? '', xmlText(tag, 'Value') ?? ''] as const,
  );
  if (hasDuplicates(tags)) throw invalid('Cannot provide multiple Tags with the same key');
  version.tags = checked(tags);
  return { headers: versionHeader(bucket, version) };
};

export const deleteObjectTagging: Operation = (exchange) => {
  const { request } = exchange;
  const bucket = addressedBucket(exchange);
  const version = findVersion(exchange, bucket, request.key, request.query.get('versionId'));
  version.tags = [];
  return { status: 204, headers: versionHeader(bucket, version) };
};

/** Reads the tags of a put, a copy or the start of an upload. */
export function tagsOf(headers: S3Request['headers']): Tags {
  const header = headers['x-amz-tagging'] ?? '';
  const tags = [...new URLSearchParams(header)];
  if (!isUrlEncoded(header) || hasDuplicates(tags)) {
    throw new S3Error(
      'InvalidArgument',
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    );
  }
  return checked(tags);
}

/** S3 checks each tag first, and the number of tags last. */
function checked(tags: Tags): Tags {
  for (const [key, value] of tags) {
    if (key.startsWith('aws:')) throw invalid('System tags cannot be added/updated by requester');
    if (key === '' || key.length > 128 || !allowed.test(key)) {
      throw invalid('The TagKey you have provided is invalid');
    }
    if (value.length > 256 || !allowed.test(value))
      throw invalid('The TagValue you have provided is invalid');
  }
  if (tags.length > 10) throw new S3Error('BadRequest', 'Object tags cannot be greater than 10');
  return tags;
}

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function hasDuplicates(tags: Tags): boolean {
  return new Set(tags.map(([key]) => key)).size < tags.length;
}

/** `URLSearchParams` accepts any text, so the form is checked first. */
function isUrlEncoded(header: string): boolean {
  try {
    decodeURIComponent(header);
  } catch {
    return false;
  }
  return /^[\x20-\x7e]*$/.test(header);
}

function invalid(message: string): S3Error {
  return new S3Error('InvalidTag', message);
}
