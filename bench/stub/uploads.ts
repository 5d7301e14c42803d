import type { Counter } from './counts.ts';
import type { S3Answer, S3Call } from './s3.ts';
import { document } from './xml.ts';

interface Upload {
  readonly id: string;
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, number>;
}

/** Multipart uploads by copy: the one thing of S3 that the stub remembers, so that a copy can be resumed. */
export function createUploads(counter: Counter) {
  const uploads = new Map<string, Upload>();
  const completed = new Map<string, Upload['metadata']>();
  const of = ({ query }: S3Call) => uploads.get(query.get('uploadId') ?? '');
  let serial = 0;

  return {
    /** The metadata that a finished copy was given; `undefined` where there is none. */
    completed: (key: string) => completed.get(key),

    begin({ key, headers }: S3Call): S3Answer {
      serial += 1;
      const id = `upload-${serial}`;
      const metadata = Object.fromEntries(
        Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-')),
      ) as Upload['metadata'];
      uploads.set(id, { id, key, metadata, parts: new Map() });
      const xml = document('InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`);
      return { operation: 'CreateMultipartUpload', xml };
    },

    list(prefix: string): S3Answer {
      const found = [...uploads.values()].filter(({ key }) => key.startsWith(prefix));
      const shown = found.map(
        ({ id, key }) =>
          `<Upload><Key>${encodeURIComponent(key)}</Key><UploadId>${id}</UploadId><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType></Upload>`,
      );
      const xml = document('ListMultipartUploadsResult', `<EncodingType>url</EncodingType>${shown.join('')}`);
      return { operation: 'ListMultipartUploads', xml };
    },

    listParts(call: S3Call): S3Answer {
      const parts = [...(of(call)?.parts ?? [])].map(
        ([number, bytes]) =>
          `<Part><PartNumber>${number}</PartNumber><ETag>"part"</ETag><Size>${bytes}</Size></Part>`,
      );
      const xml = document('ListPartsResult', `<IsTruncated>false</IsTruncated>${parts.join('')}`);
      return { operation: 'ListParts', xml };
    },

    /** Counted when it begins; there when its time is over. */
    copyPart(call: S3Call): S3Answer {
      const [first = 0, last = -1] = String(call.headers['x-amz-copy-source-range'])
        .replace('bytes=', '')
        .split('-')
        .map(Number);
      const copiedBytes = last - first + 1;
      const number = Number(call.query.get('partNumber'));
      counter.partCopied(call.key, number, copiedBytes);
      return {
        operation: 'UploadPartCopy',
        xml: document('CopyPartResult', '<ETag>"part"</ETag>'),
        copiedBytes,
        onCopied: () => of(call)?.parts.set(number, copiedBytes),
      };
    },

    complete(call: S3Call): S3Answer {
      const upload = of(call);
      if (upload) completed.set(upload.key, upload.metadata);
      uploads.delete(upload?.id ?? '');
      const xml = document('CompleteMultipartUploadResult', '<ETag>"whole-1"</ETag>');
      return { operation: 'CompleteMultipartUpload', xml };
    },
  };
}
