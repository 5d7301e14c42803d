import { listenForStop } from './cli/stop-signals.ts';

listenForStop();
// Loading the other modules takes a moment, in which a signal may arrive.
const { runWorker } = await import('./cli/worker.ts');
await runWorker(process.env);
