import { registerHooks } from 'node:module';
import { serveParent } from '../harness/child.ts';

/** The worker as `npm start` composes it; BENCH_STOCK names the one part that is replaced. */
const replaced: Readonly<Record<string, readonly [part: string, by: string]>> = {
  clients: ['./aws/clients.ts', './stock-clients.ts'],
  queue: ['./aws/queue.ts', './stock-queue.ts'],
};
const [part, by = ''] = replaced[process.env['BENCH_STOCK'] ?? ''] ?? [];
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === part ? next(by, { ...context, parentURL: import.meta.url }) : next(specifier, context),
});
const { composeWorker } = await import('../../src/compose.ts');
const { parseConfig } = await import('../../src/config.ts');

const parsed = parseConfig(process.env);
if (!parsed.ok) throw new Error(parsed.problems.join(' '));
const worker = composeWorker(parsed.config);

serveParent({
  start: () => worker.start(),
  async render(times: number) {
    for (let each = 0; each < times; each += 1) await worker.metrics();
  },
});
