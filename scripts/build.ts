import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { noticesOf } from './notices.ts';
import { shippedPackages } from './shipped.ts';

/** Leaves out what is loaded while the entry runs: `./program.ts` is a bundle of its own, which has all the rest. */
const loadsProgram: Plugin = {
  name: 'loads-program',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './program.cjs', external: true } : undefined,
    );
  },
};

interface Bundle {
  readonly outdir: string;
  readonly parts: readonly BuildOptions[];
}
const bundles = {
  /** The package: the operator's command line, which runs the worker too. */
  package: {
    outdir: 'dist',
    parts: [
      // Answers help and wrong command lines, so that nobody waits for the code of all commands.
      { entryPoints: ['src/cli.ts'], plugins: [loadsProgram], supported: { 'dynamic-import': false } },
      { entryPoints: ['src/program.ts'] },
    ],
  },
  /** The image of the demo and of the inbox. */
  demo: {
    outdir: 'dist-demo',
    parts: [{ entryPoints: ['src/local/demo-connected.ts', 'src/local/inbox-main.ts'] }],
  },
} satisfies Record<string, Bundle>;

/** One sentence instead of a stack trace, where an older Node runs the bundle. */
const nodeGuard = `if (Number.parseInt(process.versions.node) < 24) {
  process.stderr.write('macie-isolator needs Node 24 or newer; this is ' + process.version + '.\\n');
  process.exit(1);
}`;

const name = process.argv[2] ?? 'package';
if (!isBundle(name)) throw new Error(`no bundle ${name}; there are ${Object.keys(bundles).join(', ')}`);
const { outdir, parts }: Bundle = bundles[name];

rmSync(outdir, { recursive: true, force: true });
const common = {
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
  define: {
    __SERVICE_REVISION__: JSON.stringify(revision()),
    // The templates lie beside the bundle (src/compose/operator/templates.ts).
    __TEMPLATES__: JSON.stringify('templates'),
    'import.meta.dirname': '__dirname',
  },
  banner: { js: `#!/usr/bin/env node\n'use strict';\n${nodeGuard}` },
} satisfies BuildOptions;
for (const part of parts) await build({ ...common, ...part });
const root = new URL('../', import.meta.url).pathname;
writeFileSync(`${outdir}/THIRD_PARTY_NOTICES.txt`, noticesOf(shippedPackages(outdir, root)));
if (name === 'package') {
  chmodSync('dist/cli.cjs', 0o755);
  cpSync('deploy/ecs', 'dist/templates', { recursive: true, filter: (path) => !path.endsWith('.md') });
}

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
