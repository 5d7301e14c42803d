import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32, crc32c, crc64 } from '../../../../../src/aws/s3/object/crc.ts';
import { bytesContent, checksum } from '../../../../../src/local/s3/store/content.ts';

const check = '123456789';

describe.each([
  ['CRC32', crc32, 'y/Q5Jg=='],
  ['CRC32C', crc32c, '4waSgw=='],
  ['CRC64NVME', crc64, 'rosUhgp5mIg='],
])('%s', (name, start, known) => {
  const of = (...chunks: Uint8Array[]) => {
    const crc = start();
    for (const chunk of chunks) crc.update(chunk);
    return crc.digest();
  };

  it('has the check value of its catalogue', () => {
    expect(of(Buffer.from(check))).toBe(known);
  });

  it('is what S3 shows of the same bytes, in whatever chunks they come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (chunks) => {
        expect(of(...chunks)).toBe(checksum(bytesContent(Buffer.concat(chunks)), name));
      }),
    );
  });
});
