import { addressedBucket } from '../access/addressed.ts';
import { type Operation } from '../exchange.ts';
import { S3Error } from '../s3-error.ts';
import type { Version } from '../store/bucket.ts';
import { xmlDocument } from '../xml.ts';
import { compareKeys, defaultPageSize, describe, encoder, keysOf } from './listings.ts';

/** An element of a page: an object, or a common prefix, which stands for all keys that begin with it. */
interface PageElement {
  readonly name: string;
  /** Absent for a common prefix. */
  readonly version?: Version;
}

export const listObjectsV2: Operation = (exchange) => {
  const { query } = exchange.request;
  const bucket = addressedBucket(exchange);
  const encode = encoder(query);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startAfter = query.get('start-after');
  const token = query.get('continuation-token');
  const size = Number(query.get('max-keys') ?? defaultPageSize);
  const isAhead = token === undefined ? after(startAfter ?? '') : afterToken(token);
  const elements: PageElement[] = [];
  for (const key of keysOf(bucket, prefix)) {
    const version = bucket.objects.get(key)?.[0];
    if (version === undefined || version.isMarker || !isAhead(key)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0) elements.push({ name: key, version });
    else {
      const name = key.slice(0, end + delimiter.length);
      const last = elements.at(-1);
      if (last?.name !== name || last.version !== undefined) elements.push({ name });
    }
  }
  const page = elements.slice(0, size);
  const next = elements.length > page.length ? page.at(-1) : undefined;
  const owner = query.get('fetch-owner') === 'true' ? { Owner: { ID: bucket.owner } } : {};
  return {
    xml: xmlDocument('ListBucketResult', {
      Name: bucket.name,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      StartAfter: startAfter === undefined ? undefined : encode(startAfter),
      ContinuationToken: token,
      KeyCount: page.length,
      MaxKeys: size,
      EncodingType: query.get('encoding-type'),
      IsTruncated: next !== undefined,
      NextContinuationToken: next && tokenOf(next),
      Contents: page.flatMap(({ name, version }) =>
        version ? [{ ...describe(encode(name), version), ...owner }] : [],
      ),
      CommonPrefixes: page.flatMap(({ name, version }) => (version ? [] : [{ Prefix: encode(name) }])),
    }),
  };
};

function after(name: string): (key: string) => boolean {
  return (key) => name === '' || compareKeys(key, name) > 0;
}

function tokenOf({ name, version }: PageElement): string {
  return Buffer.from(JSON.stringify({ name, isPrefix: version === undefined })).toString('base64url');
}

/** A page after a common prefix starts after all keys that begin with the prefix. */
function afterToken(token: string): (key: string) => boolean {
  try {
    const { name, isPrefix } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as {
      readonly name: string;
      readonly isPrefix: boolean;
    };
    const isAhead = after(name);
    return (key) => isAhead(key) && !(isPrefix && key.startsWith(name));
  } catch {
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
  }
}
