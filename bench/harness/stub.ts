import type { Counts, Load, LoadDone, StubSettings } from '../stub/protocol.ts';
import { type Child, startChild } from './child.ts';

type Served = {
  listen: () => number;
  set: (changed: Partial<StubSettings>) => void;
  load: (load: Load) => LoadDone;
  redeliver: (queue: string) => void;
  counts: () => Counts;
  firstReceive: () => number | undefined;
};

export interface Stub extends Child<Served> {
  readonly endpoint: string;
  /** What a worker's environment has to say to use the stub and this queue of it. */
  environment(queue: string): Readonly<Record<string, string>>;
  /** What was counted while this ran. */
  countsOf(run: () => Promise<unknown>): Promise<Counts>;
}

const account = '111122223333';

/** The stub for AWS, for as long as `use` takes. */
export async function withStub<Result>(
  settings: Partial<StubSettings>,
  use: (stub: Stub) => Promise<Result>,
): Promise<Result> {
  const child = startChild<Served>(new URL('../stub/main.ts', import.meta.url));
  try {
    const endpoint = `http://127.0.0.1:${await child.call('listen')}`;
    await child.call('set', settings);
    return await use({
      ...child,
      endpoint,
      environment: (queue) => ({
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'bench',
        AWS_SECRET_ACCESS_KEY: 'bench',
        AWS_ENDPOINT_URL: endpoint,
        QUEUE_URL: `${endpoint}/${account}/${queue}`,
        DEAD_LETTER_QUEUE_URL: `${endpoint}/${account}/${queue}-dead-letter`,
        ISOLATION_BUCKET: 'isolation',
        // Above any run's length, so that no heartbeat falls into one.
        VISIBILITY_TIMEOUT_SECONDS: '43200',
        HOST: '127.0.0.1',
        PORT: '0',
      }),
      async countsOf(run) {
        const before = await child.call('counts');
        await run();
        return difference(await child.call('counts'), before);
      },
    });
  } finally {
    await child.end();
  }
}

function difference(after: Counts, before: Counts): Counts {
  const calls = Object.fromEntries(
    Object.entries(after.calls)
      .map(([name, count]): [string, number] => [name, count - (before.calls[name] ?? 0)])
      .filter(([, count]) => count > 0),
  );
  return {
    calls,
    throttled: after.throttled - before.throttled,
    received: after.received - before.received,
    filledReceives: after.filledReceives - before.filledReceives,
    deleted: after.deleted - before.deleted,
    partBytes: after.partBytes - before.partBytes,
    partBytesAgain: after.partBytesAgain - before.partBytesAgain,
  };
}
