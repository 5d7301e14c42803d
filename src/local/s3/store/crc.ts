import { crc32 } from 'node:zlib';

/** A reflected CRC with all ones as initial value and final XOR, as S3 uses them. Values are unsigned. */
export interface Crc {
  readonly bytes: 4 | 8;
  of(data: Uint8Array): bigint;
  /** Computes the CRC of A followed by B from the CRCs of A and B. */
  combine(crcA: bigint, crcB: bigint, lengthB: number): bigint;
}

export type CrcName = 'CRC32' | 'CRC32C' | 'CRC64NVME';

export const crcs: Readonly<Record<CrcName, Crc>> = {
  CRC32: { bytes: 4, of: (data) => BigInt(crc32(data)), combine: combiner(32n, 0xedb88320n) },
  CRC32C: { bytes: 4, of: narrow(0x82f63b78), combine: combiner(32n, 0x82f63b78n) },
  CRC64NVME: { bytes: 8, of: wide(0x9a6c9329, 0xac4bc9b5), combine: combiner(64n, 0x9a6c9329ac4bc9b5n) },
};

export function crcBase64(name: CrcName, value: bigint): string {
  const { bytes } = crcs[name];
  return Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex').toString('base64');
}

function narrow(polynomial: number): (data: Uint8Array) => bigint {
  const table = Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });
  return (data) => {
    let crc = 0xffffffff;
    for (const byte of data) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
    return BigInt((crc ^ 0xffffffff) >>> 0);
  };
}

/** Works on two halves of 32 bits, because BigInt would be a hundred times slower. */
function wide(polynomialHigh: number, polynomialLow: number): (data: Uint8Array) => bigint {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
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
    high[index] = h >>> 0;
    low[index] = l >>> 0;
  }
  return (data) => {
    let h = 0xffffffff;
    let l = 0xffffffff;
    for (const byte of data) {
      const index = (l ^ byte) & 0xff;
      l = ((l >>> 8) | (h << 24)) ^ (low[index] as number);
      h = (h >>> 8) ^ (high[index] as number);
    }
    return (BigInt(~h >>> 0) << 32n) | BigInt(~l >>> 0);
  };
}

/** Appending n bytes multiplies a CRC by x^8n modulo the polynomial. The highest bit stands for x^0. */
function combiner(width: bigint, polynomial: bigint): Crc['combine'] {
  const one = 1n << (width - 1n);
  const multiply = (a: bigint, b: bigint): bigint => {
    let product = 0n;
    let factor = b;
    for (let mask = one; mask > 0n; mask >>= 1n) {
      if (a & mask) product ^= factor;
      factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
    }
    return product;
  };
  const power = (exponent: bigint): bigint => {
    let result = one;
    let square = one >> 1n;
    for (let rest = exponent; rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = multiply(result, square);
      square = multiply(square, square);
    }
    return result;
  };
  return (crcA, crcB, lengthB) => multiply(power(8n * BigInt(lengthB)), crcA) ^ crcB;
}
