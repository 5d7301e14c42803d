import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';

const script = new URL('../../docker/healthcheck.mjs', import.meta.url).pathname;

/** Returns the exit code of the health check, where a worker on 127.0.0.1 answers with this status. */
async function check(settings: (port: number) => Record<string, string>, status = 200) {
  const server = createServer((_, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const env = settings((server.address() as AddressInfo).port);
  const code = await new Promise((resolve) => {
    execFile(process.execPath, [script, '/livez'], { env }, (error) => resolve(error?.code ?? 0));
  });
  server.close();
  return code;
}

it.each([
  ['everywhere', {}],
  ['at one address', { HOST: '127.0.0.1' }],
  ['at its own name', { HOST: 'localhost' }],
])('the health check finds a worker that listens %s', async (_, host) => {
  const settings = (port: number) => ({ PORT: String(port), ...host });

  expect(await check(settings)).toBe(0);
  expect(await check(settings, 503)).toBe(1);
});

it.each(['127.0.0.2', '::1'])('the health check asks at HOST and nowhere else: %s', async (HOST) => {
  expect(await check((port) => ({ PORT: String(port), HOST }))).toBe(1);
});

it('the health check takes settings as the worker takes them', async () => {
  expect(await check((port) => ({ PORT: ` ${port} `, HOST: ' ' }))).toBe(0);
});
