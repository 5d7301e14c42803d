import { Counter, Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { createServer } from '../../../src/http/server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(state: { live?: boolean; ready?: boolean } = {}) {
  const registry = new Registry();
  new Counter({ name: 'isolator_test_total', help: 'A counter.', registers: [registry] }).inc(7);
  const { live = true, ready = true } = state;
  const server = createServer({
    registry,
    isLive: () => live,
    readiness: () => ({ ready, checks: [{ name: 'queue', ok: ready }] }),
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  closing.push(() => server.close());
  return (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

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
