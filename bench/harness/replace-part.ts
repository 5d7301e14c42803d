import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

const replaced: Readonly<Record<string, readonly [part: string, by: string]>> = {
  clients: ['../../src/aws/sdk/clients.ts', '../subjects/stock-clients.ts'],
  queue: ['../../src/aws/queue/queue.ts', '../subjects/stock-queue.ts'],
};

/**
 * BENCH_STOCK names the one part of the product that is replaced in this process, in what is imported later. Throws if
 * the part is not there: otherwise the worker would be compared with itself.
 */
export function replacePart(): void {
  const [part, by] = replaced[process.env['BENCH_STOCK'] ?? ''] ?? [];
  if (part === undefined || by === undefined) return;
  const url = new URL(part, import.meta.url);
  if (!existsSync(url)) throw new Error(`${url.pathname} does not exist, so nothing can take its place`);
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      return found.url === url.href ? next(by, { ...context, parentURL: import.meta.url }) : found;
    },
  });
}
