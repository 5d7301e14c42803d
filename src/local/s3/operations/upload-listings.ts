import { addressedBucket, quoted } from '../access/addressed.ts';
import { type Operation } from '../exchange.ts';
import type { Upload } from '../store/bucket.ts';
import { xmlDocument } from '../xml.ts';
import { compareKeys, encoder } from './listings.ts';
import { addressedUpload } from './multipart.ts';

export const listParts: Operation = (exchange) => {
  const { bucket, upload } = addressedUpload(exchange);
  const { query } = exchange.request;
  const after = Number(query.get('part-number-marker') ?? 0);
  const size = Number(query.get('max-parts') ?? 1000);
  const all = [...upload.parts.values()]
    .filter((part) => part.number > after)
    .sort((a, b) => a.number - b.number);
  const page = all.slice(0, size);
  const truncated = all.length > page.length;
  return {
    xml: xmlDocument('ListPartsResult', {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: upload.id,
      ChecksumAlgorithm: upload.checksumAlgorithm,
      ChecksumType: upload.checksumType,
      MaxParts: size,
      IsTruncated: truncated,
      // S3 sends this element on the last page too.
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      Part: page.map((part) => ({
        PartNumber: part.number,
        LastModified: part.lastModified,
        ETag: quoted(part.eTag),
        Size: part.sizeBytes,
        [`Checksum${upload.checksumAlgorithm}`]: part.checksum,
      })),
    }),
  };
};

/** The listing is ordered by key, and uploads of one key by their age. */
export const listMultipartUploads: Operation = (exchange) => {
  const { query } = exchange.request;
  const bucket = addressedBucket(exchange);
  const encode = encoder(query);
  const size = Number(query.get('max-uploads') ?? 1000);
  const all = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(query.get('prefix') ?? ''))
    .sort((a, b) => compareKeys(a.key, b.key) || a.initiated.getTime() - b.initiated.getTime());
  const rest = all.slice(firstAfter(all, query.get('key-marker') ?? '', query.get('upload-id-marker')));
  const page = rest.slice(0, size);
  const truncated = rest.length > page.length;
  return {
    xml: xmlDocument('ListMultipartUploadsResult', {
      Bucket: bucket.name,
      EncodingType: query.get('encoding-type'),
      MaxUploads: size,
      IsTruncated: truncated,
      NextKeyMarker: encode(page.at(-1)?.key ?? ''),
      NextUploadIdMarker: page.at(-1)?.id ?? '',
      Upload: page.map((upload) => ({
        Key: encode(upload.key),
        UploadId: upload.id,
        Initiated: upload.initiated,
        ChecksumAlgorithm: upload.checksumNamed ? upload.checksumAlgorithm : undefined,
        ChecksumType: upload.checksumNamed ? upload.checksumType : undefined,
      })),
    }),
  };
};

/** Returns the index after the named upload of the named key, or after all uploads of that key. */
function firstAfter(all: readonly Upload[], keyMarker: string, idMarker: string | undefined): number {
  const named = all.findIndex(({ id, key }) => key === keyMarker && id === idMarker);
  if (named >= 0) return named + 1;
  const next = all.findIndex(({ key }) => compareKeys(key, keyMarker) > 0);
  return next < 0 ? all.length : next;
}
