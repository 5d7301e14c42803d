import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sampled } from './statistics.ts';

/** So short a time is told apart from noise only by several. */
export async function oftenTimed(time: () => Promise<number>): Promise<number> {
  const times = [];
  for (let each = 0; each < 5; each += 1) times.push(await time());
  return sampled(times).median;
}

/** Milliseconds from exec of Node with these arguments to its end. */
export async function timeNode(...argv: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const [code] = await once(spawn(process.execPath, argv, { stdio: 'ignore' }), 'exit');
  if (code !== 0) throw new Error(`node ${argv.join(' ')} ended with code ${String(code)}`);
  return performance.now() - startedAt;
}
