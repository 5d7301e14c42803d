import { spawn } from 'node:child_process';

/** Every check that needs no container runtime. All of them run, whatever fails; the tests come last, with their count. */
const checks: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format', 'biome', 'ci', '--colors=off', '.'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['types', 'tsc', '-p', '.'],
  ['dead code', 'knip'],
  ['tests', 'vitest', 'run', '--coverage'],
];

const failed: string[] = [];
for (const [name, command, ...args] of checks) {
  process.stdout.write(`\n== ${name}\n`);
  const code = await run(command, args);
  if (code === 0) continue;
  failed.push(name);
  process.exitCode = 1;
}
// Not to standard output, whose last line is the runner's count.
if (failed.length > 0) process.stderr.write(`failed: ${failed.join(', ')}\n`);

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
