import { hash } from 'node:crypto';

/** What an actor has asked and heard in one handling: all that its next call can depend on. */
interface Life {
  calls: number;
  /** A digest of it. */
  heard: string;
}

export interface Lives {
  begin(name: string): void;
  calls(name: string): number;
  call(name: string, what: string): void;
  hear(name: string, what: string): void;
  fingerprint(): unknown;
}

/** Digests cost time, and only a search that compares states needs them. */
export function createLives(isCompared: boolean): Lives {
  const lives = new Map<string, Life>();
  const hear = (name: string, what: string): void => {
    const life = lives.get(name);
    if (life === undefined || !isCompared) return;
    life.heard = hash('sha1', life.heard + what, 'base64');
  };
  return {
    begin: (name) => void lives.set(name, { calls: 0, heard: '' }),
    calls: (name) => lives.get(name)?.calls ?? 0,
    call(name, what) {
      const life = lives.get(name);
      if (life) life.calls += 1;
      hear(name, what);
    },
    hear,
    fingerprint: () => [...lives].map(([name, { calls, heard }]) => [name, calls, heard]),
  };
}
