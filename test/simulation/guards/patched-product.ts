import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Product } from '../product.ts';
import type { Guard } from './guard.ts';

/** The very sources of the core, but for the one guard that is taken out. Refuses a guard that it cannot find. */
export async function productWithout(guard: Guard): Promise<Product> {
  if (!('file' in guard)) return (await import('../product.ts')).product;
  const { file, find, replace } = guard;
  let found = 0;
  const folder = await mkdtemp(join(tmpdir(), 'isolator-without-'));
  try {
    const outfile = join(folder, 'product.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, '../product.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      outfile,
      logLevel: 'silent',
      plugins: [
        {
          name: 'without-guard',
          setup({ onLoad }) {
            onLoad({ filter: /[\\/]src[\\/]core[\\/].+\.ts$/ }, async ({ path }) => {
              if (basename(path) !== file) return undefined;
              const source = await readFile(path, 'utf8');
              found = source.split(find).length - 1;
              return { contents: source.replace(find, () => replace), loader: 'ts' };
            });
          },
        },
      ],
    });
    if (found !== 1)
      throw new Error(`the guard "${guard.name}" is there ${found} times in ${file}, not once`);
    const { product } = (await import(pathToFileURL(outfile).href)) as { product: Product };
    return product;
  } finally {
    await rm(folder, { recursive: true });
  }
}
