import { execFileSync } from 'node:child_process';
import { chmodSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { noticesOf } from './notices.ts';
import { shippedPackages } from './shipped.ts';

const bundles = {
  /** The package: the operator's command line, which runs the worker too. */
  package: { entryPoints: ['src/cli.ts'], outdir: 'dist' },
  /** The image of the demo and of the inbox. */
  demo: { entryPoints: ['src/local/demo-connected.ts', 'src/local/inbox-main.ts'], outdir: 'dist-demo' },
};

/** One sentence instead of a stack trace, where an older Node runs the bundle. */
const nodeGuard = `if (Number.parseInt(process.versions.node) < 24) {
  process.stderr.write('macie-isolator needs Node 24 or newer; this is ' + process.version + '.\\n');
  process.exit(1);
}`;

const name = process.argv[2] ?? 'package';
if (!isBundle(name)) throw new Error(`no bundle ${name}; there are ${Object.keys(bundles).join(', ')}`);
const { entryPoints, outdir } = bundles[name];

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints,
  outdir,
  bundle: true,
  platform: 'node',
  // Starts faster than a module, mostly because Node wraps its own modules for each import of one.
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  target: 'node24',
  mainFields: ['module', 'main'],
  alias: { undici: new URL('undici-dispatchers.mjs', import.meta.url).pathname },
  // For start-up; names are kept, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  // An uncaught error is shown with its line.
  lineLimit: 200,
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
  define: { __SERVICE_REVISION__: JSON.stringify(revision()) },
  banner: { js: `#!/usr/bin/env node\n'use strict';\n${nodeGuard}` },
});
const root = new URL('../', import.meta.url).pathname;
const bundled = globSync(`${outdir}/*.cjs`).flatMap((bundle) => shippedPackages(bundle, root));
const byFolder = new Map(bundled.map((shipped) => [shipped.folder, shipped]));
writeFileSync(`${outdir}/THIRD_PARTY_NOTICES.txt`, noticesOf([...byFolder.values()]));
if (name === 'package') chmodSync('dist/cli.cjs', 0o755);

function isBundle(text: string): text is keyof typeof bundles {
  return Object.hasOwn(bundles, text);
}

/** Of the build's environment, else of git, else unknown. */
function revision(): string {
  if (process.env['REVISION']) return process.env['REVISION'];
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return 'unknown';
  }
}
