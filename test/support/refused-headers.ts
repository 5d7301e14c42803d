import type { Faults } from '../../src/local/s3/faults.ts';
import type { S3Request } from '../../src/local/s3/http-request.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';

const headerBytes = ({ headers }: S3Request) =>
  Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + (value ?? '').length + 4, 0);

/** What S3 answers to headers that are signed in one encoding and sent in another, and to more than 8 KB of them. */
export function refuseHeadersAsS3(faults: Faults): void {
  faults.inject({
    kind: new S3Error('SignatureDoesNotMatch'),
    when: ({ headers }) => Object.values(headers).some((value) => /[\u0080-\u00ff]/.test(value ?? '')),
  });
  faults.inject({
    kind: new S3Error('RequestHeaderSectionTooLarge'),
    when: (request) => headerBytes(request) > 8192,
  });
}
