import { createHash } from 'node:crypto';
import { type Crc, type CrcName, crcBase64, crcs } from './crc.ts';

/**
 * The bytes of an object, as pieces that are shared and never copied. Generated pieces repeat one seeded
 * block, so that an object of terabytes needs a megabyte of memory, and its CRCs can be computed block by
 * block.
 */
export type Content = readonly Piece[];

interface Piece {
  /** The bytes themselves, or the block that repeats. */
  readonly block: Buffer;
  readonly start: number;
  readonly sizeBytes: number;
}

const blockBytes = 1024 * 1024;

export function bytesContent(bytes: Buffer): Content {
  return bytes.length === 0 ? [] : [{ block: bytes, start: 0, sizeBytes: bytes.length }];
}

/** Generates bytes that depend only on seed and size. */
export function generatedContent(sizeBytes: number, seed: number): Content {
  const block = Buffer.alloc(blockBytes);
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  for (let offset = 0; offset < blockBytes; offset += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    block.writeUInt32LE(state >>> 0, offset);
  }
  return sizeBytes === 0 ? [] : [{ block, start: 0, sizeBytes }];
}

export function sizeOf(content: Content): number {
  return content.reduce((sum, piece) => sum + piece.sizeBytes, 0);
}

/** Returns the bytes from `from` up to, but not including, `to`. */
export function slice(content: Content, from: number, to: number): Content {
  const result: Piece[] = [];
  let position = 0;
  for (const piece of content) {
    const first = Math.max(from - position, 0);
    const last = Math.min(to - position, piece.sizeBytes);
    if (first < last) {
      result.push({
        block: piece.block,
        start: (piece.start + first) % piece.block.length,
        sizeBytes: last - first,
      });
    }
    position += piece.sizeBytes;
  }
  return result;
}

/** Yields chunks of at most one block. */
export function* read(content: Content): Generator<Buffer> {
  for (const piece of content) yield* readPiece(piece);
}

function* readPiece(piece: Piece): Generator<Buffer> {
  let left = piece.sizeBytes;
  let start = piece.start;
  while (left > 0) {
    const chunk = piece.block.subarray(start, Math.min(start + left, piece.block.length));
    yield chunk;
    left -= chunk.length;
    start = 0;
  }
}

export function toBuffer(content: Content): Buffer {
  return Buffer.concat([...read(content)]);
}

/** Returns the checksum of the whole content, in base64 as S3 shows it. */
export function checksum(content: Content, algorithm: string): string {
  if (algorithm in crcs) {
    const name = algorithm as CrcName;
    const { value } = crcOf(content, crcs[name]);
    return crcBase64(name, value);
  }
  const hash = createHash(algorithm.toLowerCase());
  for (const chunk of read(content)) hash.update(chunk);
  return hash.digest('base64');
}

/** Above this size the ETag is a fingerprint and not an MD5, because hashing terabytes would take hours. */
const hashedETagBytes = 64 * 1024 * 1024;

/** The ETag of a single put of these bytes: their MD5 in hex. */
export function md5Hex(content: Content): string {
  if (sizeOf(content) <= hashedETagBytes)
    return Buffer.from(checksum(content, 'MD5'), 'base64').toString('hex');
  return createHash('md5')
    .update(`${sizeOf(content)} ${checksum(content, 'CRC64NVME')}`)
    .digest('hex');
}

interface Sum {
  readonly value: bigint;
  readonly sizeBytes: number;
}

function crcOf(content: Content, crc: Crc): Sum {
  return content.reduce<Sum>((sum, piece) => join(crc, sum, crcOfPiece(piece, crc)), {
    value: 0n,
    sizeBytes: 0,
  });
}

function crcOfPiece({ block, start, sizeBytes }: Piece, crc: Crc): Sum {
  const head = Math.min(block.length - start, sizeBytes);
  const whole = Math.floor((sizeBytes - head) / block.length);
  const tail = sizeBytes - head - whole * block.length;
  const of = (from: number, to: number): Sum => ({
    value: to - from === block.length ? crcOfBlock(block, crc) : crc.of(block.subarray(from, to)),
    sizeBytes: to - from,
  });
  const middle = repeat(crc, whole, () => of(0, block.length));
  return join(crc, join(crc, of(start, start + head), middle), of(0, tail));
}

/** A block is never changed, and the parts of a large object share one. */
const crcsOfBlocks = new WeakMap<Buffer, Map<Crc, bigint>>();

function crcOfBlock(block: Buffer, crc: Crc): bigint {
  const known = crcsOfBlocks.get(block) ?? new Map<Crc, bigint>();
  crcsOfBlocks.set(block, known);
  const value = known.get(crc) ?? crc.of(block);
  known.set(crc, value);
  return value;
}

/** Combines the CRC of n equal blocks by doubling. */
function repeat(crc: Crc, count: number, block: () => Sum): Sum {
  let result: Sum = { value: 0n, sizeBytes: 0 };
  if (count === 0) return result;
  let power = block();
  for (let rest = count; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = join(crc, result, power);
    power = join(crc, power, power);
  }
  return result;
}

function join(crc: Crc, a: Sum, b: Sum): Sum {
  if (a.sizeBytes === 0) return b;
  if (b.sizeBytes === 0) return a;
  return { value: crc.combine(a.value, b.value, b.sizeBytes), sizeBytes: a.sizeBytes + b.sizeBytes };
}
