import type { ControlObjects } from '../../src/core/valve/control-objects.ts';

export interface FakeControlObjects extends ControlObjects {
  readonly texts: Map<string, string>;
  /** S3's clock; tests move it. */
  at: Date;
  /** Called before each answer; may throw, or write in between. */
  before: (call: 'read' | 'write', key: string) => void | Promise<void>;
  /** Whether the answers to writes are lost, so that the client repeats them and gets a conflict. */
  losesAnswers: boolean;
  /** Writes without a condition, as somebody else. */
  put(key: string, text: string): void;
  readonly writes: { readonly key: string; readonly text: string }[];
}

/** Small objects with ETags and conditional writes, as S3 keeps them. */
export function createFakeControlObjects(at: Date): FakeControlObjects {
  const texts = new Map<string, string>();
  const versions = new Map<string, number>();
  const lastModified = new Map<string, Date>();
  const eTagOf = (key: string) => (texts.has(key) ? `v${versions.get(key)}` : undefined);
  const fake: FakeControlObjects = {
    texts,
    at,
    before: () => undefined,
    losesAnswers: false,
    writes: [],
    put(key, text) {
      texts.set(key, text);
      versions.set(key, (versions.get(key) ?? 0) + 1);
      lastModified.set(key, fake.at);
    },
    async read(key) {
      await fake.before('read', key);
      const text = texts.get(key);
      const found =
        text === undefined
          ? undefined
          : { text, eTag: `v${versions.get(key)}`, lastModified: lastModified.get(key) ?? fake.at };
      return { at: fake.at, ...(found && { found }) };
    },
    async write(key, text, ifMatch) {
      await fake.before('write', key);
      if (eTagOf(key) !== ifMatch) return { kind: 'conflict' };
      fake.put(key, text);
      fake.writes.push({ key, text });
      if (fake.losesAnswers) return { kind: 'conflict' };
      return { kind: 'written', eTag: `v${versions.get(key)}`, at: fake.at };
    },
  };
  return fake;
}
