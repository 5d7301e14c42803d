import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anonymousReader, renewedBy } from '../../src/aws/registry/authorization.ts';
import type { RegistryPlace } from '../../src/aws/registry/connection.ts';
import { copyImage, imagePlatforms } from '../../src/aws/registry/copy-image.ts';
import { longestSilenceMs } from '../../src/aws/registry/silence.ts';
import { type RegistryStandIn, sha256, startRegistry } from '../support/registry.ts';

const repository = 'team/macie-isolator';
const tag = '1.2.0-abc';
let from: RegistryStandIn;
let to: RegistryStandIn;
let waits: number[];
let digest: string;
let loads: number;
let stop: AbortController;

beforeEach(async () => {
  [from, to] = await Promise.all([
    startRegistry({ tokens: true }),
    startRegistry({ hasImmutableTags: true }),
  ]);
  to.authorization = 'Basic one';
  digest = from.putImage(repository);
  waits = [];
  loads = 0;
  stop = new AbortController();
});
afterEach(() => Promise.all([from.close(), to.close()]));

const wait = (ms: number) => Promise.resolve(waits.push(ms));
const source = (): RegistryPlace => ({
  origin: from.origin,
  repository,
  authorization: anonymousReader(repository, stop.signal),
  signal: stop.signal,
  wait,
});
const target = (): RegistryPlace => ({
  origin: to.origin,
  repository: 'isolator',
  authorization: renewedBy(async () => {
    loads += 1;
    return Promise.resolve(to.authorization);
  }, true),
  signal: stop.signal,
  wait,
});
const copy = (progress?: (done: number, total: number) => void) =>
  copyImage({ from: source(), to: target(), digest, tag, ...(progress && { progress }) });
const uploads = () => to.calls.filter(({ method, path }) => method === 'PUT' && path.includes('/blobs/'));
const isWhole = () =>
  to.manifests.has(`isolator@${digest}`) && [...from.blobs.keys()].every((of) => to.blobs.has(of));
const layer = () => [...from.blobs].find(([, { length }]) => length === 200_000)?.[0] ?? '';
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (_: unknown, response: ServerResponse) =>
    response.writeHead(code, headers).end();

describe('an image', () => {
  it('is copied whole, with every platform, under its digest and its tag', async () => {
    const seen: [number, number][] = [];
    await expect(copy((done, total) => seen.push([done, total]))).resolves.toBe('copied');

    expect(isWhole()).toBe(true);
    expect(sha256(to.manifests.get(`isolator:${tag}`)?.bytes ?? Buffer.alloc(0))).toBe(digest);
    expect(seen.at(-1)?.[0]).toBe(seen.at(-1)?.[1]);
    expect(uploads()).toHaveLength(from.blobs.size);
  });

  it('is left alone where it is, without a call to the source', async () => {
    await copy();
    const before = from.calls.length;

    await expect(copy()).resolves.toBe('present');
    expect(from.calls).toHaveLength(before);
  });

  it('has its manifests stored after its blobs, and its index last', async () => {
    await copy();
    const puts = to.calls.filter(({ method }) => method === 'PUT').map(({ path }) => path);
    const firstManifest = puts.findIndex((path) => path.includes('/manifests/'));

    expect(puts.slice(firstManifest).every((path) => path.includes('/manifests/'))).toBe(true);
    expect(puts.at(-1)).toContain(tag);
  });

  it('names its platforms: an index and a single manifest', async () => {
    await expect(imagePlatforms(source(), digest)).resolves.toEqual(['linux/amd64', 'linux/arm64']);
    const [child = ''] = [...from.manifests.keys()];
    await expect(imagePlatforms(source(), child.split('@')[1] ?? '')).resolves.toEqual(['linux/amd64']);
  });

  it('whose blobs are there in part gets only the others', async () => {
    const [there = ''] = from.blobs.keys();
    to.blobs.set(there, from.blobs.get(there) ?? Buffer.alloc(0));
    await copy();

    expect(uploads()).toHaveLength(from.blobs.size - 1);
    expect(uploads().some(({ path }) => path.includes(encodeURIComponent(there)))).toBe(false);
  });

  it('that was interrupted is completed by a repetition', async () => {
    const name = layer();
    to.failNext(/PUT .*blobs/, () => stop.abort());
    await expect(copy()).rejects.toThrow();
    expect(to.manifests.size).toBe(0);

    stop = new AbortController();
    await expect(copy()).resolves.toBe('copied');
    expect(isWhole() && to.blobs.has(name)).toBe(true);
  });

  it('is stored by its digest where the tag names another image', async () => {
    to.manifests.set(`isolator:${tag}`, { mediaType: '', bytes: Buffer.from('{}') });
    await copy();

    expect(to.manifests.has(`isolator@${digest}`)).toBe(true);
    expect(to.manifests.get(`isolator:${tag}`)?.bytes.toString()).toBe('{}');
  });
});

describe('bytes that lie', () => {
  it.each([
    ['other bytes of the same size', (bytes: Buffer) => Buffer.alloc(bytes.length, 7)],
    ['more bytes', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')])],
    ['fewer bytes', (bytes: Buffer) => bytes.subarray(1)],
  ])('of a blob are not stored: %s', async (_, change) => {
    const name = layer();
    from.blobs.set(name, change(from.blobs.get(name) ?? Buffer.alloc(0)));

    await expect(copy()).rejects.toMatchObject({ code: 'wrong-bytes' });
    expect(to.blobs.has(name)).toBe(false);
    expect(to.manifests.size).toBe(0);
  });

  it('of a manifest are not read', async () => {
    const stored = from.manifests.get(`${repository}@${digest}`);
    const bytes = Buffer.from(String(stored?.bytes).replace('arm64', 'mips'));
    from.manifests.set(`${repository}@${digest}`, { mediaType: stored?.mediaType ?? '', bytes });

    await expect(copy()).rejects.toMatchObject({ code: 'wrong-bytes' });
    expect(to.calls.every(({ method }) => method === 'HEAD')).toBe(true);
  });

  it('never reach the other registry as a whole, whatever it checks itself', async () => {
    const name = layer();
    const right = from.blobs.get(name) ?? Buffer.alloc(0);
    from.blobs.set(name, Buffer.alloc(right.length, 7));
    let received = 0;
    to.failNext(new RegExp(`PUT .*${encodeURIComponent(name)}`), (request, response) => {
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      request.on('end', () => response.writeHead(201).end());
    });

    await expect(copy()).rejects.toMatchObject({ code: 'wrong-bytes' });
    expect(received).toBeLessThan(right.length);
  });
});

describe('a connection', () => {
  it('that the source drops in the middle of a blob begins the blob anew', async () => {
    const name = layer();
    from.failNext(new RegExp(`GET .*${name}`), (_, response) => {
      response.writeHead(200, { 'content-length': 200_000 });
      response.write(Buffer.alloc(60_000), () => response.destroy());
    });
    const seen: number[] = [];
    await copy((done) => seen.push(done));

    expect(isWhole()).toBe(true);
    expect(Math.max(...seen)).toBe([...from.blobs.values()].reduce((sum, { length }) => sum + length, 0));
  });

  it('that the target drops in the middle of a blob begins a new upload', async () => {
    to.failNext(/PUT .*blobs/, (request) => request.once('data', () => request.destroy()));
    await copy();

    expect(isWhole()).toBe(true);
    const sessions = uploads().map(({ path }) => path.split('?')[0]);
    expect(new Set(sessions).size).toBe(sessions.length);
  });

  it('that always breaks is given up, with the host that broke it', async () => {
    for (let each = 0; each < 40; each += 1)
      from.failNext(/GET .*blobs/, (_, response) => response.destroy());

    await expect(copy()).rejects.toMatchObject({
      code: 'passing',
      message: `The connection to ${from.host} broke.`,
    });
  });
});

describe('a slow registry', () => {
  interface Watch {
    readonly ms: number;
    readonly over: () => void;
    pieces: number;
    isOver: boolean;
  }
  let watches: Watch[];
  beforeEach(() => {
    watches = [];
  });
  const startTimer: RegistryPlace['startTimer'] = (ms, over) => {
    const watch: Watch = { ms, over, pieces: 0, isOver: false };
    watches.push(watch);
    return {
      refresh: () => {
        watch.pieces += 1;
      },
      stop: () => {
        watch.isOver = true;
      },
    };
  };
  const slowCopy = () => copyImage({ from: source(), to: { ...target(), startTimer }, digest, tag });

  it('may take longer than every time limit for a whole call, as long as it takes something', async () => {
    const standard = getGlobalDispatcher();
    // Every call without an agent of its own ends after 10 ms without an answer.
    const impatient = new Agent({ headersTimeout: 10 });
    setGlobalDispatcher(impatient);
    const silent = createServer(() => undefined);
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const { port } = silent.address() as AddressInfo;
    to.failNext(/PUT .*blobs/, (request, response) => {
      request.resume().on('end', () => {
        // A call that began after the upload is given up meanwhile.
        fetch(`http://127.0.0.1:${port}/`).catch(({ cause }: { cause: Error }) =>
          response.writeHead(cause.name === 'HeadersTimeoutError' ? 201 : 500).end(),
        );
      });
    });

    try {
      await expect(slowCopy()).rejects.toMatchObject({ code: 'refused' });
    } finally {
      setGlobalDispatcher(standard);
      silent.closeAllConnections();
      silent.close();
      await impatient.close();
    }
    // The blob that was taken slowly is not sent again: the stand-in misses it when it gets the manifest.
    expect(uploads()).toHaveLength(from.blobs.size);
  });

  it('breaks its silence with each piece of a blob that it takes', async () => {
    await slowCopy();

    const largest = Math.max(...watches.map(({ pieces }) => pieces));
    expect(largest).toBeGreaterThan(2);
    expect(new Set(watches.map(({ ms }) => ms))).toEqual(new Set([longestSilenceMs]));
    expect(watches.every(({ isOver }) => isOver)).toBe(true);
    expect(isWhole()).toBe(true);
  });

  it('that takes nothing any more is asked again', async () => {
    to.failNext(/PUT .*blobs/, () => watches.at(-1)?.over());
    await slowCopy();

    expect(isWhole()).toBe(true);
    expect(waits).toHaveLength(1);
  });

  it('that never takes anything is given up, with its name', async () => {
    for (let each = 0; each < 40; each += 1) to.failNext(/PUT .*blobs/, () => watches.at(-1)?.over());

    await expect(slowCopy()).rejects.toMatchObject({
      code: 'passing',
      message: `${to.host} took nothing for 300 s.`,
    });
  });
});

describe('a sign-in', () => {
  it('that ends in the middle is renewed, at the source by a new token', async () => {
    from.failNext(/GET .*blobs/, (_, response) => {
      from.authorization = 'Bearer second';
      response
        .writeHead(401, { 'www-authenticate': `Bearer realm="${from.origin}/token",service="stand-in"` })
        .end();
    });
    await copy();

    expect(isWhole()).toBe(true);
    expect(from.calls.filter(({ path }) => path.startsWith('/token'))).toHaveLength(2);
  });

  it('that ends in the middle of an upload is renewed, and the blob is sent again', async () => {
    to.failNext(/PUT .*blobs/, (_, response) => {
      to.authorization = 'Basic two';
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    await copy();

    expect(isWhole()).toBe(true);
    expect(loads).toBe(2);
  });

  it('that is refused twice ends the copy', async () => {
    for (let each = 0; each < 2; each += 1) to.failNext(/HEAD/, status(401));

    await expect(copy()).rejects.toMatchObject({ code: 'denied' });
    expect(loads).toBe(2);
  });

  it('asks only for reading this repository, whatever the challenge names', async () => {
    from.failNext(
      /GET .*manifests/,
      status(401, {
        'www-authenticate': `Bearer realm="${from.origin}/token",scope="repository:other:pull,push"`,
      }),
    );
    await copy();

    const scopes = from.calls
      .filter(({ path }) => path.startsWith('/token'))
      .map(({ path }) => new URL(path, from.origin).searchParams.get('scope'));
    expect(new Set(scopes)).toEqual(new Set([`repository:${repository}:pull`]));
  });

  it('that the source wants of a person is named', async () => {
    from.failNext(/GET .*manifests/, status(401, { 'www-authenticate': 'Basic realm="private"' }));

    await expect(copy()).rejects.toMatchObject({ code: 'denied' });
  });
});

describe('a registry', () => {
  it('that redirects to another host shows that host no sign-in', async () => {
    const name = layer();
    const heard: (string | undefined)[] = [];
    const store = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.end(from.blobs.get(name));
    });
    await new Promise<void>((listening) => store.listen(0, '127.0.0.1', listening));
    const location = `http://127.0.0.1:${(store.address() as AddressInfo).port}/signed`;
    from.failNext(new RegExp(`GET .*${name}`), status(307, { location }));
    await copy();
    store.close();

    expect(isWhole()).toBe(true);
    expect(heard).toEqual([undefined]);
    expect(from.calls.some(({ authorization }) => authorization === 'Bearer first')).toBe(true);
  });

  it('that redirects in a circle, or to another protocol, is left', async () => {
    for (let each = 0; each < 6; each += 1)
      from.failNext(/GET .*manifests/, status(302, { location: '/v2/again/manifests/x' }));
    await expect(copy()).rejects.toMatchObject({ code: 'refused' });
    from.failNext(/GET .*manifests/, status(302, { location: 'ftp://127.0.0.1/x' }));
    await expect(copy()).rejects.toMatchObject({ code: 'refused' });
  });

  it('that names a time to wait is given it', async () => {
    from.failNext(/GET .*manifests/, status(429, { 'retry-after': '7' }));
    to.failNext(/POST/, status(503, { 'retry-after': '9999' }));
    await copy();

    expect(waits).toEqual([7_000, 60_000]);
    expect(isWhole()).toBe(true);
  });

  it('that is busy while a blob is sent gets the blob again', async () => {
    to.failNext(/PUT .*blobs/, status(429));
    await copy();

    expect(isWhole()).toBe(true);
    expect(waits).toHaveLength(1);
  });

  it('without the image is named', async () => {
    digest = `sha256:${'0'.repeat(64)}`;

    await expect(copy()).rejects.toMatchObject({ code: 'absent' });
  });

  it('that does not store a blob ends the copy, and no manifest names it', async () => {
    to.failNext(/PUT .*blobs/, status(400));

    await expect(copy()).rejects.toMatchObject({ code: 'refused' });
    expect(to.manifests.size).toBe(0);
  });

  it.each([
    ['no JSON', 'x'],
    ['an index without digests', '{"manifests":[{"size":1}]}'],
    ['no layers', '{"config":{}}'],
    ['a path in place of a digest', '{"manifests":[{"digest":"../../x","size":1}]}'],
  ])('whose manifest is nonsense is left: %s', async (_, text) => {
    const bytes = Buffer.from(text);
    digest = sha256(bytes);
    from.manifests.set(`${repository}@${digest}`, {
      mediaType: 'application/vnd.oci.image.index.v1+json',
      bytes,
    });

    await expect(copy()).rejects.toMatchObject({ code: 'refused' });
  });
});
