import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createLogWriter } from '../../../src/telemetry/log-writer.ts';

/** Takes a line when told to. */
function open() {
  const written: string[] = [];
  const waiting: ((error?: Error) => void)[] = [];
  const stream = new Writable({
    autoDestroy: false,
    decodeStrings: false,
    write(chunk: string, _, done) {
      waiting.push((error) => {
        if (!error) written.push(chunk);
        done(error);
      });
    },
  });
  const seen: string[] = [];
  const writer = createLogWriter(stream, {
    dropped: () => seen.push('dropped'),
    resumed: (count) => seen.push(`resumed ${count}`),
  });
  return { writer, written, seen, take: () => waiting.shift()?.() };
}

describe('the log writer', () => {
  it('keeps a mebibyte for a slow reader, drops what comes after, and says how many lines once there is room', async () => {
    const { writer, written, seen, take } = open();
    const line = `${'x'.repeat(1024 * 256 - 1)}\n`;

    for (let count = 0; count < 6; count += 1) writer.write(line);
    expect(seen).toEqual(['dropped', 'dropped']);
    for (let count = 0; count < 4; count += 1) {
      take();
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(written).toHaveLength(4);
    expect(seen).toEqual(['dropped', 'dropped', 'resumed 2']);
  });

  it('waits at the end for what can be written, and not for a reader that reads nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { writer, written, take } = open();
    writer.write('a\n');
    const flushed = writer.flush();
    take();
    await flushed;
    expect(written).toEqual(['a\n']);

    writer.write('b\n');
    const given = writer.flush();
    await vi.advanceTimersByTimeAsync(1_000);
    await given;
    expect(written).toEqual(['a\n']);
    vi.useRealTimers();
  });
});
