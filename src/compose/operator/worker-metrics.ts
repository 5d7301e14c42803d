import type { Asked } from '../../core/operate/status/sources.ts';
import { readWorkerNumbers, type WorkerNumbers } from '../../core/operate/status/worker-numbers.ts';

const patienceMs = 5_000;

/** Asks a worker for its metrics. The path is `/metrics`, unless the URL names another. */
export async function askWorker(url: URL, signal: AbortSignal): Promise<Asked<WorkerNumbers>> {
  const address = new URL(url);
  if (address.pathname === '/') address.pathname = '/metrics';
  try {
    const answer = await fetch(address, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    const numbers = answer.ok ? readWorkerNumbers(await answer.text()) : undefined;
    if (numbers !== undefined) return { value: numbers };
    return { unknown: `${address.host} answered ${answer.status}, but not as a worker.` };
  } catch {
    signal.throwIfAborted();
    return { unknown: `${address.host} does not answer.` };
  }
}
