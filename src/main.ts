import { listenForStop } from './cli/stop-signals.ts';

listenForStop();
// Loading all the rest takes a moment, in which a signal may come.
const { runWorker } = await import('./cli/worker.ts');
await runWorker(process.env);
