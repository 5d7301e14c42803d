import { addressedBucket, findVersion, versionHeader } from '../access/addressed.ts';
import { type Operation } from '../exchange.ts';
import { S3Error } from '../s3-error.ts';
import type { Version } from '../store/bucket.ts';
import { type XmlElement, xmlDocument } from '../xml.ts';

export const getObjectAttributes: Operation = (exchange) => {
  const { headers, key, query } = exchange.request;
  const bucket = addressedBucket(exchange);
  const version = findVersion(exchange, bucket, key, query.get('versionId'));
  const { checksum } = version;
  const wanted = (headers['x-amz-object-attributes'] ?? '').split(/ *, */);
  if (wanted[0] === '') throw new S3Error('InvalidArgument', 'The object attributes are missing');
  const all: XmlElement = {
    ETag: version.eTag,
    Checksum: checksum && {
      [`Checksum${checksum.algorithm}`]: checksum.value,
      ChecksumType: checksum.type,
    },
    ObjectParts: parts(version, headers['x-amz-part-number-marker'], headers['x-amz-max-parts']),
    StorageClass: version.storageClass,
    ObjectSize: version.sizeBytes,
  };
  return {
    headers: { ...versionHeader(bucket, version), 'last-modified': version.lastModified.toUTCString() },
    xml: xmlDocument(
      'GetObjectAttributesResponse',
      Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name))),
    ),
  };
};

/** Returns a page of the parts, or only their count if the upload had no checksum algorithm. */
function parts(version: Version, marker = '0', max = '1000'): XmlElement | undefined {
  const count = /-(\d+)$/.exec(version.eTag)?.[1];
  if (count === undefined) return undefined;
  if (version.parts === undefined) return { PartsCount: count };
  const after = version.parts.filter(({ number }) => number > Number(marker));
  const page = after.slice(0, Number(max));
  return {
    PartsCount: count,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: max,
    IsTruncated: after.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.number,
      Size: part.sizeBytes,
      [`Checksum${version.checksum?.algorithm}`]: part.checksum,
    })),
  };
}
