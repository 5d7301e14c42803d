import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Runs the worker of a bundle until it listens, with nothing behind it, and ends it, so that Node leaves
 * the code it compiled in NODE_COMPILE_CACHE. Its entries hold for this Node, user and path.
 */
const [bundle = ''] = process.argv.slice(2);
const nowhere = 'http://127.0.0.1:9';
const worker = spawn(process.execPath, [bundle, 'worker'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL: nowhere,
    QUEUE_URL: `${nowhere}/000000000000/none`,
    ISOLATION_BUCKET: 'none',
    HOST: '127.0.0.1',
    PORT: '0',
  },
});
for await (const line of createInterface(worker.stdout)) {
  const { event } = JSON.parse(line) as { readonly event?: string };
  if (event === 'listening') worker.kill('SIGTERM');
}
const [code] = worker.exitCode === null ? await once(worker, 'exit') : [worker.exitCode];
if (code !== 0) throw new Error(`the worker ended with code ${String(code)}`);
