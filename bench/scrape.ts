import { Agent, request } from 'node:http';
import { createServer } from '../src/http/server.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';

/**
 * What a scrape costs beside prom-client's own render of the same metrics: both in turn, so that a busy
 * machine slows both. Processor time of the whole process, the client's share included.
 */
const rounds = 400;
const { registry } = createMetrics({ version: '1.2.3', revision: 'bench' });
const server = createServer({ registry, isLive: () => true, readiness: () => ({ ready: true, checks: [] }) });
const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
const agent = new Agent({ keepAlive: true });

function scrape(encoding: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': encoding };
    request({ port, host: '127.0.0.1', path: '/metrics', agent, headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on('end', () => resolve(bytes));
    })
      .on('error', reject)
      .end();
  });
}

const ways = {
  render: async () => (await registry.metrics()).length,
  'plain scrape': () => scrape('identity'),
  'gzip scrape': () => scrape('gzip'),
};
const spent: Record<string, number> = {};
const sizes: Record<string, number> = {};
for (let round = 0; round < rounds + 50; round += 1) {
  for (const [name, run] of Object.entries(ways)) {
    const before = process.cpuUsage();
    sizes[name] = await run();
    const { user, system } = process.cpuUsage(before);
    // The first rounds are spent compiling.
    if (round >= 50) spent[name] = (spent[name] ?? 0) + user + system;
  }
}
agent.destroy();
await server.close();
const render = spent['render'] ?? Number.NaN;
for (const name of Object.keys(ways)) {
  const ms = (spent[name] ?? Number.NaN) / rounds / 1000;
  const ratio = (spent[name] ?? Number.NaN) / render;
  process.stdout.write(
    `${name.padEnd(13)} ${ms.toFixed(2)} ms  ${ratio.toFixed(2)} times the render  ${sizes[name]} bytes\n`,
  );
}
