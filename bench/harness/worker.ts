import type { Load } from '../stub/protocol.ts';
import { type Child, startChild } from './child.ts';
import type { Stub } from './stub.ts';

type Served = {
  start: () => { readonly port: number };
  render: (times: number) => void;
};

export type WorkerProcess = Child<Served> & { readonly port: number };

export interface WorkerOptions {
  readonly queue: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Which of the worker's own parts is replaced by what it would be without this product. */
  readonly stock?: 'clients' | 'queue';
}

/** The composed worker in a process of its own, logging to nowhere. */
export async function startWorker(stub: Stub, { queue, env, stock }: WorkerOptions): Promise<WorkerProcess> {
  const child = startChild<Served>(new URL('../subjects/worker.ts', import.meta.url), {
    ...stub.environment(queue),
    ...(stock !== undefined && { BENCH_STOCK: stock }),
    ...env,
  });
  const { port } = await child.call('start');
  return { ...child, port };
}

/** The calls of the worker without the worker. */
export async function startBareLoop(
  stub: Stub,
  queue: string,
  concurrency: number,
  stock?: 'clients',
): Promise<Child<{ start: () => void }>> {
  const child = startChild<{ start: () => void }>(new URL('../subjects/bare-loop.ts', import.meta.url), {
    ...stub.environment(queue),
    CONCURRENCY: String(concurrency),
    ...(stock !== undefined && { BENCH_STOCK: stock }),
  });
  await child.call('start');
  return child;
}

export interface Measured {
  readonly perSecond: number;
  readonly totalMs: number;
  readonly cpuMsPerFinding: number;
  readonly stubCpuMsPerFinding: number;
}

/** Puts a load on a queue and measures the process that takes it off. */
export async function measureLoad(stub: Stub, subject: Child<never>, load: Load): Promise<Measured> {
  const [subjectBefore, stubBefore] = await Promise.all([subject.usage(), stub.usage()]);
  const done = await stub.call('load', load);
  const [subjectAfter, stubAfter] = await Promise.all([subject.usage(), stub.usage()]);
  return {
    ...done,
    cpuMsPerFinding: (subjectAfter.cpuMs - subjectBefore.cpuMs) / load.count,
    stubCpuMsPerFinding: (stubAfter.cpuMs - stubBefore.cpuMs) / load.count,
  };
}
