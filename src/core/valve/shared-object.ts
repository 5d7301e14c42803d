import { RetryableError } from '../errors.ts';
import type { ControlObject, ControlObjects } from './control-objects.ts';
import type { SharedClock } from './shared-clock.ts';

/** An object as it was read or written last. */
export interface Seen<Value> {
  /** Absent if there is no object, or if it is damaged. */
  readonly value?: Value | undefined;
  readonly eTag?: string;
  readonly lastModified?: Date;
  readonly isDamaged: boolean;
}

/** An object that several workers change by conditional writes. */
export interface SharedObject<Value> {
  /** `undefined` before the first read. */
  readonly seen: Seen<Value> | undefined;
  read(): Promise<Seen<Value>>;
  /**
   * Changes the object and writes it, again and again until no other writer interferes. If `change` returns
   * `undefined`, nothing is written. Returns the written value.
   */
  change(change: (from: Seen<Value>) => Value | undefined): Promise<Value | undefined>;
  /**
   * Reads the object, changes it and writes it at most once: for a change that must never take effect twice. The
   * client repeats a write whose answer was lost, and S3 answers the repetition with a conflict. So a conflict does
   * not prove that the change has not taken effect.
   */
  changeOnce(change: (from: Seen<Value>) => Value | undefined): Promise<void>;
}

export interface SharedObjectParts {
  readonly objects: ControlObjects;
  readonly clock: SharedClock;
  /** Resolves after a time that differs each time, so that workers that collided try again at different moments. */
  readonly stepAside: (attempt: number) => Promise<void>;
}

export interface Format<Value> {
  /** Returns `undefined` if the text is damaged. */
  readonly parse: (text: string) => Value | undefined;
  readonly format: (value: Value) => string;
}

/** How often a conditional write is attempted before the finding goes back to the queue. */
const maximumAttempts = 20;

export function createSharedObject<Value>(
  key: string,
  { format, parse }: Format<Value>,
  { clock, objects, stepAside }: SharedObjectParts,
): SharedObject<Value> {
  let seen: Seen<Value> | undefined;
  const read = async (): Promise<Seen<Value>> => {
    seen = await readObject(key, parse, { clock, objects });
    return seen;
  };
  /** Returns `false` after a conflict. */
  const write = async (next: Value, { eTag }: Seen<Value>): Promise<boolean> => {
    const answer = await objects.write(key, format(next), eTag);
    if (answer.kind === 'conflict') return false;
    clock.heard(answer.at);
    seen = { value: next, eTag: answer.eTag, lastModified: answer.at, isDamaged: false };
    return true;
  };
  return {
    get seen() {
      return seen;
    },
    read,
    async change(change) {
      for (let attempt = 1; attempt <= maximumAttempts; attempt++) {
        const from = seen ?? (await read());
        const next = change(from);
        if (next === undefined) return undefined;
        if (await write(next, from)) return next;
        await stepAside(attempt);
        await read();
      }
      throw new RetryableError(
        'BudgetContention',
        `${key} was written by others ${maximumAttempts} times in a row`,
      );
    },
    async changeOnce(change) {
      const from = await read();
      const next = change(from);
      if (next !== undefined) await write(next, from);
    },
  };
}

export async function readObject<Value>(
  key: string,
  parse: (text: string) => Value | undefined,
  { clock, objects }: Pick<SharedObjectParts, 'clock' | 'objects'>,
): Promise<Seen<Value>> {
  const answer = await objects.read(key);
  clock.heard(answer.at);
  return asSeen(answer, parse);
}

function asSeen<Value>({ found }: ControlObject, parse: (text: string) => Value | undefined): Seen<Value> {
  if (found === undefined) return { isDamaged: false };
  const value = parse(found.text);
  const { eTag, lastModified } = found;
  return { value, eTag, lastModified, isDamaged: value === undefined };
}
