import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process used since it began, and the memory it holds. */
export interface Usage {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

type Commands = Readonly<Record<string, (...input: never[]) => unknown>>;

export interface Child<Served extends Commands> {
  call<Name extends keyof Served & string>(
    name: Name,
    ...input: Parameters<Served[Name]>
  ): Promise<Awaited<ReturnType<Served[Name]>>>;
  usage(): Promise<Usage>;
  /** Bytes of the heap that are in use once all garbage is collected. */
  heapInUse(): Promise<number>;
  end(signal?: NodeJS.Signals): Promise<void>;
}

interface Request {
  readonly id: number;
  readonly name: string;
  readonly input: readonly unknown[];
}

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/**
 * Starts a process of the benchmark, so that its CPU is counted apart. BENCH_PROFILE names a directory for
 * CPU profiles (`--cpu-prof`) of every process whose file name it is not silent about.
 */
export function startChild<Served extends Commands>(
  file: URL,
  env: Readonly<Record<string, string>> = {},
): Child<Served> {
  const profiles = process.env['BENCH_PROFILE'];
  const process_ = fork(file, {
    env: { ...process.env, ...env },
    execArgv: profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(process_, 'exit');
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  process_.on('message', ({ id, answer, error }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(answer);
    else call?.reject(new Error(error));
  });
  process_.on('exit', (code, signal) => {
    for (const call of waiting.values()) call.reject(new Error(`${file.pathname} ended: ${signal ?? code}`));
  });
  const send = (name: string, input: readonly unknown[]): Promise<unknown> => {
    lastId += 1;
    const call = Promise.withResolvers<unknown>();
    waiting.set(lastId, call);
    process_.send({ id: lastId, name, input } satisfies Request);
    return call.promise;
  };
  return {
    call: (name, ...input) => send(name, input) as never,
    usage: () => send('usage', []) as Promise<Usage>,
    heapInUse: () => send('heapInUse', []) as Promise<number>,
    async end(signal) {
      if (signal === undefined) process_.disconnect();
      else process_.kill(signal);
      await exited;
    },
  };
}

/** The other side: answers the parent's calls, and ends when the parent is done with it. */
export function serveParent(commands: Commands): void {
  const served: Commands = { ...commands, usage, heapInUse };
  process.on('message', (request: Request) => {
    void answer(served, request).then((said) => process.send?.(said));
  });
  process.on('disconnect', () => process.exit());
}

async function answer(commands: Commands, { id, name, input }: Request): Promise<Answer> {
  try {
    return { id, answer: await commands[name]?.(...(input as never[])) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, residentBytes: process.memoryUsage.rss() };
}

function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
