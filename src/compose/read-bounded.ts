import { open } from 'node:fs/promises';

/** Reads a text file, and at most so many bytes of it. The text of a longer file is longer than any that is taken. */
export async function readBounded(path: string, maximumBytes: number): Promise<string> {
  await using file = await open(path);
  const buffer = Buffer.alloc(maximumBytes);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) return buffer.toString('utf8', 0, length);
    length += bytesRead;
  }
}
