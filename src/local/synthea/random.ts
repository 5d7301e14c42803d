import { createHash } from 'node:crypto';

/** Random values that are the same for the same seed on any machine. Never use them for secrets. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** Both bounds are included. */
  integer(from: number, to: number): number;
  pick<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
  digits(count: number): string;
  uuid(): string;
  /** A date between two years; the last year is excluded. */
  date(fromYear: number, toYear: number): Date;
}

/** The sfc32 generator. Its seed is a hash of everything that the values are to depend on. */
export function createRandom(...seed: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(seed.join('\n')).digest();
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let counter = digest.readUInt32LE(12);
  const next32 = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + result) | 0;
    return result >>> 0;
  };
  const next = () => next32() / 2 ** 32;
  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const hex = () => next32().toString(16).padStart(8, '0');

  return {
    next,
    integer,
    pick(list) {
      const picked = list[integer(0, list.length - 1)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
    chance: (probability) => next() < probability,
    digits: (count) => Array.from({ length: count }, () => integer(0, 9)).join(''),
    uuid() {
      const [time, rest] = [hex(), hex() + hex() + hex()];
      const variant = '89ab'[integer(0, 3)];
      return [
        time,
        rest.slice(0, 4),
        `4${rest.slice(4, 7)}`,
        `${variant}${rest.slice(7, 10)}`,
        rest.slice(10, 22),
      ].join('-');
    },
    date: (fromYear, toYear) =>
      new Date(Date.UTC(integer(fromYear, toYear - 1), 0, integer(1, 365), 0, 0, integer(0, 86_399))),
  };
}
