import { serveParent } from '../harness/child.ts';
import { replacePart } from '../harness/replace-part.ts';

/** The worker as `npm start` composes it, but for the part that BENCH_STOCK names. */
replacePart();
const { composeWorker } = await import('../../src/compose/worker.ts');
const { parseConfig } = await import('../../src/config/config.ts');

const parsed = parseConfig(process.env);
if (!parsed.ok) throw new Error(parsed.problems.join(' '));
const worker = composeWorker(parsed.config);

serveParent({
  start: () => worker.start(),
  async render(times: number) {
    for (let each = 0; each < times; each += 1) await worker.metrics();
  },
});
