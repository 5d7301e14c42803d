import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Counter, Gauge, Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { acceptsGzip } from '../../../src/http/accepts-gzip.ts';
import { createServer, type ServerOptions } from '../../../src/http/server.ts';
import { eventually } from '../../support/eventually.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface State {
  readonly live?: boolean;
  readonly ready?: boolean;
  readonly limits?: ServerOptions['limits'];
  readonly registry?: Registry;
}

async function start({ live = true, ready = true, limits, registry = someMetrics() }: State = {}) {
  const server = createServer({
    registry,
    isLive: () => live,
    readiness: () => ({ ready, checks: [{ name: 'queue', ok: ready }] }),
    ...(limits && { limits }),
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  closing.push(() => server.close());
  return port;
}

function someMetrics(): Registry {
  const registry = new Registry();
  new Counter({ name: 'isolator_test_total', help: 'A counter.', registers: [registry] }).inc(7);
  return registry;
}

async function open(state: State = {}) {
  const port = await start(state);
  return (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

/** Past any client: what the server says to these very bytes, until it hangs up. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(bytes);
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(socket, 'close');
  return said;
}

const get = (path: string, ...headers: readonly string[]) =>
  [`GET ${path} HTTP/1.1`, 'host: x', 'connection: close', ...headers, '', ''].join('\r\n');

describe('the service endpoints', () => {
  it('answer livez and readyz from memory', async () => {
    const well = await open();
    const ill = await open({ live: false, ready: false });

    expect((await well('/livez')).status).toBe(200);
    expect((await well('/readyz')).status).toBe(200);
    expect((await ill('/livez')).status).toBe(503);
    const answer = await ill('/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ready: false, checks: [{ name: 'queue', ok: false }] });
  });

  it('answer metrics in the format of Prometheus', async () => {
    const get = await open();
    const answer = await get('/metrics');

    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await answer.text()).toContain('isolator_test_total 7');
  });

  it.each([
    ['/', 'GET', 404],
    ['/metrics/../livez/x', 'GET', 404],
    ['/livez', 'POST', 405],
    ['/metrics', 'DELETE', 405],
  ])('refuse what is not theirs: %s %s', async (path, method, status) => {
    const get = await open();

    expect((await get(path, { method })).status).toBe(status);
  });

  it('refuse a large body without reading it', async () => {
    const get = await open();
    const answer = await get('/livez', {
      method: 'POST',
      body: 'x'.repeat(10_000),
      headers: { 'content-type': 'application/json' },
    });

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});

describe('the metrics', () => {
  it('are packed by gzip where the scraper takes it', async () => {
    const port = await start();
    const packed = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { 'accept-encoding': 'gzip' },
    });
    const plain = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { 'accept-encoding': 'br' } });

    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('vary')).toBe('accept-encoding');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await packed.text()).toBe(await plain.text());
  });

  it('are whole gzip on the wire', async () => {
    const port = await start();
    const socket = connect(port, '127.0.0.1');
    socket.write(get('/metrics', 'accept-encoding: gzip'));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    const answer = Buffer.concat(chunks);

    const body = answer.subarray(answer.indexOf('\r\n\r\n') + 4);
    expect(gunzipSync(body).toString()).toContain('isolator_test_total 7');
  });

  it.each([
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZIP;q=0.5', true],
    ['deflate, gzip;q=1.0, *;q=0.5', true],
    ['gzip;q=0', false],
    ['gzip; q=0.0, *', false],
    ['*', true],
    ['*;q=0', false],
    ['identity', false],
    ['gzip;q=nonsense', false],
    [',,;;=', false],
  ])('with Accept-Encoding %j are packed: %s', (header, packed) => {
    expect(acceptsGzip(header)).toBe(packed);
  });

  it.each(['application/openmetrics-text; version=1.0.0', 'image/png', '*/*;q=0', 'nonsense'])(
    'come in the one format there is, whatever is asked for: %s',
    async (accept) => {
      const get = await open();
      const answer = await get('/metrics', { headers: { accept } });

      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    },
  );

  it('are rendered once for many who ask at the same time', async () => {
    const registry = someMetrics();
    let renders = 0;
    const release = Promise.withResolvers<void>();
    registry.registerMetric(
      new Gauge({
        name: 'isolator_renders',
        help: 'Renders.',
        registers: [],
        async collect() {
          renders += 1;
          await release.promise;
        },
      }),
    );
    const get = await open({ registry });
    const answers = Array.from({ length: 20 }, () => get('/metrics'));
    // All are in before the first gets its answer.
    await eventually(() => renders === 1);
    await get('/livez');
    release.resolve();

    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
    expect(renders).toBeLessThan(20);
    expect(await (await get('/metrics')).text()).toContain('isolator_test_total 7');
  });
});

describe('bad input', () => {
  it.each([
    ['/', 'GET', 404],
    ['/metrics/', 'GET', 404],
    ['//metrics', 'GET', 404],
    ['/favicon.ico', 'HEAD', 404],
    ['/nothing', 'POST', 404],
    ['/metrics', 'POST', 405],
    ['/livez', 'PUT', 405],
    ['/readyz', 'PATCH', 405],
    ['/metrics?x=1', 'OPTIONS', 405],
  ])('answers %s by %s with status %i', async (path, method, status) => {
    const get = await open();
    const answer = await get(path, { method });

    expect(answer.status).toBe(status);
    expect((await answer.text()).length).toBeLessThan(50);
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'GET, HEAD' : null);
  });

  it('HEAD is answered like GET, without the body', async () => {
    const get = await open();
    const answer = await get('/metrics', { method: 'HEAD' });

    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });

  it.each([
    ['a path that is no URL', get('/%zz')],
    ['an unknown method', 'BREW /metrics HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a method of WebDAV', 'PROPFIND /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['headers over the limit', get('/metrics', `x: ${'x'.repeat(9_000)}`)],
    ['a path over the limit', get(`/${'x'.repeat(9_000)}`)],
    [
      'a body of unknown type',
      'POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-type: x/y\r\ncontent-length: 3\r\n\r\nabc',
    ],
    ['a body that never comes', 'POST /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n'],
    ['two lengths', 'GET /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
  ])('%s is refused in few words, and silently about what runs', async (_, bytes) => {
    const port = await start();
    const answer = await raw(port, bytes);

    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    expect(body.length).toBeLessThan(100);
    expect(answer).not.toMatch(/fastify|FST_|node|v?\d+\.\d+\.\d|at \w+|%zz/i);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  });

  it('an error inside is answered without what it says', async () => {
    const registry = someMetrics();
    registry.registerMetric(
      new Gauge({
        name: 'isolator_broken',
        help: 'Broken.',
        registers: [],
        collect() {
          throw new Error('secret');
        },
      }),
    );
    const get = await open({ registry });
    const answer = await get('/metrics');

    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ error: 'internal error' });
  });

  it.each([
    ['sends its request too slowly', 'GET /metrics HTTP/1.1\r\nhost: '],
    ['sends nothing', ''],
  ])('a client that %s is cut off, and others are served', async (_, bytes) => {
    const port = await start({ limits: { requestMs: 200, silenceMs: 400 } });
    const cut = raw(port, bytes);

    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    expect(await cut).not.toContain('200 OK');
  });

  it('connections beyond the limit are dropped', async () => {
    const port = await start({ limits: { connections: 1 } });
    const first = connect(port, '127.0.0.1');
    await once(first, 'connect');
    first.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(first, 'data');

    expect(await raw(port, get('/livez'))).toBe('');
    first.destroy();
  });
});
