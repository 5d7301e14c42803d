import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * Runs the worker of a bundle by docker/start.cjs, which lies beside it, until it is ready, ends it, and
 * leaves the code that V8 compiled on the way where the next start takes it from.
 */
const [start = ''] = process.argv.slice(2);
const keep = new URL('keep-compiled-code.cjs', import.meta.url).pathname;

/** Enough of S3 and SQS to be ready: a bucket that is there and holds nothing, so no pause either, and an empty queue. */
const aws = createServer((request, response) => {
  request.resume();
  if (request.method === 'HEAD') response.end();
  else if (request.method === 'GET') response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
  else response.setHeader('content-type', 'application/x-amz-json-1.0').end('{"Attributes":{}}');
});
await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;

const worker = spawn(process.execPath, ['--require', keep, start, 'worker'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL: endpoint,
    QUEUE_URL: `${endpoint}/000000000000/none`,
    ISOLATION_BUCKET: 'none',
    HOST: '127.0.0.1',
    PORT: '0',
  },
});
const exited = once(worker, 'exit');
// A worker that is never ready must fail the build, and not hold it up.
const deadline = setTimeout(() => worker.kill('SIGKILL'), 60_000);
for await (const line of createInterface(worker.stdout)) {
  const { event, ready } = JSON.parse(line) as { readonly event?: string; readonly ready?: boolean };
  if (event === 'readiness_changed' && ready) worker.kill('SIGTERM');
}
clearTimeout(deadline);
aws.close();
aws.closeAllConnections();
const [code] = await exited;
if (code !== 0) throw new Error(`the worker ended with code ${String(code)}`);
