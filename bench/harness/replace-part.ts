import { registerHooks } from 'node:module';

const replaced: Readonly<Record<string, readonly [part: string, by: string]>> = {
  clients: ['/aws/clients.ts', '../subjects/stock-clients.ts'],
  queue: ['/aws/queue.ts', '../subjects/stock-queue.ts'],
};

/** BENCH_STOCK names the one part of the product that is replaced in this process, in what is imported later. */
export function replacePart(): void {
  const [part, by] = replaced[process.env['BENCH_STOCK'] ?? ''] ?? [];
  if (part === undefined || by === undefined) return;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier.endsWith(part)
        ? next(by, { ...context, parentURL: import.meta.url })
        : next(specifier, context),
  });
}
