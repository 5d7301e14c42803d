import type { Counts } from './protocol.ts';

export type Counter = ReturnType<typeof createCounter>;

/** What the stub was asked for. */
export function createCounter() {
  const calls: Record<string, number> = {};
  const parts = new Set<string>();
  const sums = { throttled: 0, received: 0, filledReceives: 0, deleted: 0, partBytes: 0, partBytesAgain: 0 };
  return {
    called(operation: string) {
      calls[operation] = (calls[operation] ?? 0) + 1;
    },
    throttled() {
      sums.throttled += 1;
    },
    received(messages: number) {
      sums.received += messages;
      if (messages > 0) sums.filledReceives += 1;
    },
    deleted(messages: number) {
      sums.deleted += messages;
    },
    partCopied(key: string, partNumber: number, bytes: number) {
      sums.partBytes += bytes;
      const part = `${partNumber} ${key}`;
      if (parts.has(part)) sums.partBytesAgain += bytes;
      parts.add(part);
    },
    counts: (): Counts => ({ calls: { ...calls }, ...sums }),
  };
}
