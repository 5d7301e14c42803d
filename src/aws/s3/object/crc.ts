import { crc32 as zlibCrc32 } from 'node:zlib';

/**
 * A running CRC with all ones as initial value and final XOR, as S3 uses them. Its digest is in base64, as S3
 * gives it.
 */
export interface RunningCrc {
  update(chunk: Uint8Array): void;
  digest(): string;
}

export function crc32(): RunningCrc {
  let value = 0;
  return {
    update(chunk) {
      value = zlibCrc32(chunk, value);
    },
    digest: () => base64(value),
  };
}

export function crc32c(): RunningCrc {
  let value = 0xffffffff;
  return {
    update(chunk) {
      for (const byte of chunk) value = (castagnoli[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
    },
    digest: () => base64(~value),
  };
}

/** Computes CRC64NVME in two halves of 32 bits, because BigInt would be a hundred times slower. */
export function crc64(): RunningCrc {
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update(chunk) {
      for (const byte of chunk) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (nvme.low[index] ?? 0);
        high = (high >>> 8) ^ (nvme.high[index] ?? 0);
      }
    },
    digest: () => base64(~high, ~low),
  };
}

const castagnoli = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

const nvme = wideTable(0x9a6c9329, 0xac4bc9b5);

function wideTable(polynomialHigh: number, polynomialLow: number) {
  const high = new Int32Array(256);
  const low = new Int32Array(256);
  for (let index = 0; index < 256; index += 1) {
    let h = 0;
    let l = index;
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = l & 1;
      l = (l >>> 1) | ((h & 1) << 31);
      h >>>= 1;
      if (odd) {
        h ^= polynomialHigh;
        l ^= polynomialLow;
      }
    }
    high[index] = h;
    low[index] = l;
  }
  return { high, low };
}

function base64(...words: number[]): string {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) bytes.writeInt32BE(word | 0, 4 * index);
  return bytes.toString('base64');
}
