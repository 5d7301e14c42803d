import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts', 'src/cli.ts'],
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  keepNames: true,
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
  define: {
    __SERVICE_VERSION__: JSON.stringify(version),
    __SERVICE_REVISION__: JSON.stringify(revision()),
  },
  // Some dependencies are CommonJS and require Node's own modules.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);",
  },
});
chmodSync('dist/cli.js', 0o755);

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
