import { S3Error } from '../s3-error.ts';
import type { Received } from './received.ts';

const maximumBytes = 8 * 1024;

export function checkHeaderSection({ headerBytes }: Received): void {
  if (headerBytes <= maximumBytes) return;
  throw new S3Error(
    'RequestHeaderSectionTooLarge',
    'Your request header section exceeds the maximum allowed size.',
    { details: { HeaderSize: String(headerBytes), MaxSizeAllowed: String(maximumBytes) } },
  );
}
