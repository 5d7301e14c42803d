import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const index = 'application/vnd.oci.image.index.v1+json';
const image = 'application/vnd.oci.image.manifest.v1+json';

export interface RegistryCall {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** Answers a request in place of the registry. */
type Fault = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface RegistryStandIn {
  readonly host: string;
  readonly origin: string;
  readonly blobs: Map<string, Buffer>;
  /** By `repository@digest`, and by `repository:tag`. */
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Buffer }>;
  readonly calls: readonly RegistryCall[];
  /** The header that opens the registry. Another one ends the tokens that were given. */
  authorization: string | undefined;
  /** The next request that the expression matches, such as `GET /v2/…`, is answered by `fault`. */
  failNext(match: RegExp, fault: Fault): void;
  /** Puts an image of these platforms, with layers of random bytes; returns the digest of its index. */
  putImage(repository: string, platforms?: readonly string[], layerBytes?: number): string;
  close(): Promise<void>;
}

export const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/**
 * A registry after the OCI distribution specification. With `tokens` it is opened by a token that anybody gets, as public
 * registries do it; else by the header in `authorization`.
 */
export async function startRegistry({
  tokens = false,
  hasImmutableTags = false,
} = {}): Promise<RegistryStandIn> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, { mediaType: string; bytes: Buffer }>();
  const uploads = new Set<string>();
  const calls: RegistryCall[] = [];
  const faults: { match: RegExp; fault: Fault }[] = [];
  let authorization: string | undefined = tokens ? 'Bearer first' : undefined;

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const { headers, method = '', url = '' } = request;
    calls.push({ method, path: url, authorization: headers.authorization });
    const found = faults.findIndex(({ match }) => match.test(`${method} ${url}`));
    const [fault] = found < 0 ? [] : faults.splice(found, 1);
    if (fault !== undefined) return fault.fault(request, response);
    const end = (status: number, more: Record<string, string | number> = {}, body?: Buffer) =>
      response.writeHead(status, more).end(method === 'HEAD' ? undefined : body);
    if (url.startsWith('/token')) {
      return end(200, {}, Buffer.from(JSON.stringify({ token: authorization?.split(' ')[1] })));
    }
    if (authorization !== undefined && headers.authorization !== authorization) {
      const challenge = tokens ? `Bearer realm="${origin()}/token",service="stand-in"` : 'Basic realm="x"';
      return end(401, { 'www-authenticate': challenge });
    }
    const { pathname, searchParams } = new URL(url, origin());
    const [, repository = '', kind, reference = ''] =
      /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests)\/(.*)$/.exec(pathname) ?? [];
    if (kind === 'blobs') return sendBytes(end, blobs.get(reference), 'application/octet-stream');
    if (kind === 'blobs/uploads' && method === 'POST') {
      const id = randomBytes(8).toString('hex');
      uploads.add(id);
      return end(202, { location: `/v2/${repository}/blobs/uploads/${id}?state=x` });
    }
    if (kind === 'blobs/uploads') {
      if (!uploads.delete(reference)) return end(404);
      const bytes = await buffer(request);
      const digest = searchParams.get('digest') ?? '';
      const isWhole = Number(headers['content-length']) === bytes.length && sha256(bytes) === digest;
      if (isWhole) blobs.set(digest, bytes);
      return end(isWhole ? 201 : 400);
    }
    const name = `${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
    if (kind === 'manifests' && method === 'PUT') {
      const bytes = await buffer(request);
      const content = JSON.parse(bytes.toString()) as {
        config?: { digest: string };
        layers?: { digest: string }[];
        manifests?: { digest: string }[];
      };
      const isWhole =
        [content.config, ...(content.layers ?? [])].every(
          (blob) => blob === undefined || blobs.has(blob.digest),
        ) && (content.manifests ?? []).every(({ digest }) => manifests.has(`${repository}@${digest}`));
      if (!isWhole) return end(400);
      if (hasImmutableTags && !name.includes('@') && manifests.has(name)) return end(400);
      const stored = { mediaType: headers['content-type'] ?? '', bytes };
      manifests.set(name, stored).set(`${repository}@${sha256(bytes)}`, stored);
      return end(201);
    }
    const stored = manifests.get(name);
    return sendBytes(end, stored?.bytes, stored?.mediaType ?? '');
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = () => `http://${host}`;
  return {
    host,
    origin: origin(),
    blobs,
    manifests,
    calls,
    get authorization() {
      return authorization;
    },
    set authorization(header) {
      authorization = header;
    },
    failNext: (match, fault) => void faults.push({ match, fault }),
    putImage(repository, platforms = ['linux/amd64', 'linux/arm64'], layerBytes = 200_000) {
      const keep = (bytes: Buffer, mediaType: string) => {
        blobs.set(sha256(bytes), bytes);
        return { mediaType, digest: sha256(bytes), size: bytes.length };
      };
      const put = (content: unknown, mediaType: string) => {
        const bytes = Buffer.from(JSON.stringify(content));
        manifests.set(`${repository}@${sha256(bytes)}`, { mediaType, bytes });
        return { mediaType, digest: sha256(bytes), size: bytes.length };
      };
      const shared = keep(randomBytes(1_000), 'application/vnd.oci.image.layer.v1.tar+gzip');
      const children = platforms.map((platform) => {
        const [os, architecture] = platform.split('/');
        const config = keep(
          Buffer.from(JSON.stringify({ os, architecture })),
          'application/vnd.oci.image.config.v1+json',
        );
        const layer = keep(randomBytes(layerBytes), 'application/vnd.oci.image.layer.v1.tar+gzip');
        const manifest = put({ schemaVersion: 2, mediaType: image, config, layers: [shared, layer] }, image);
        return { ...manifest, platform: { os, architecture } };
      });
      return put({ schemaVersion: 2, mediaType: index, manifests: children }, index).digest;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function sendBytes(
  end: (status: number, more?: Record<string, string | number>, body?: Buffer) => unknown,
  bytes: Buffer | undefined,
  mediaType: string,
): unknown {
  if (bytes === undefined) return end(404);
  return end(200, { 'content-type': mediaType, 'content-length': bytes.length }, bytes);
}
