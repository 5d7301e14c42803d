import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity, Checksum, SourceData } from '@smithy/types';

/** Where and as whom a service is asked. */
export interface SignedPlace {
  /** The name of the service in signatures, such as `ec2`. */
  readonly service: string;
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: AwsCredentialIdentity;
  readonly signal: AbortSignal;
}

export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts one signed request and returns the text of the answer. It serves calls to services of which a command needs one or two:
 * the client of EC2 alone would add 800 kB to the bundle. Throws errors that look like those of the
 * SDK.
 */
export async function signedCall(place: SignedPlace, { body, headers }: SignedRequest): Promise<string> {
  const url = new URL('/', place.endpoint);
  const signer = new SignatureV4({
    service: place.service,
    region: place.region,
    credentials: place.credentials,
    sha256: NodeSha256,
  });
  const signed = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: { host: url.host, ...headers },
    body,
  });
  const answer = await fetch(url, {
    method: 'POST',
    headers: signed.headers,
    body,
    redirect: 'error',
    signal: AbortSignal.any([place.signal, AbortSignal.timeout(30_000)]),
  });
  const text = await answer.text();
  if (answer.ok) return text;
  throw new AwsCallError(errorCodeIn(text), answer.status);
}

/** Calls an operation of a service that speaks JSON, and returns the text of the answer. */
export function signedJsonCall(place: SignedPlace, target: string, input: unknown): Promise<string> {
  return signedCall(place, {
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: JSON.stringify(input),
  });
}

class AwsCallError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(code: string, httpStatusCode: number) {
    super('the service refuses the call');
    this.name = code;
    this.$metadata = { httpStatusCode };
  }
}

/** `<Code>` of XML, or `__type` of JSON. Nothing else of an answer is shown. */
function errorCodeIn(text: string): string {
  const [, code] = /(?:<Code>|"__type"\s*:\s*"(?:[\w.]+#)?)([A-Za-z.]{1,80})/.exec(text) ?? [];
  return code ?? 'UnknownError';
}

class NodeSha256 implements Checksum {
  private readonly hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

function bytesOf(data: SourceData): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
