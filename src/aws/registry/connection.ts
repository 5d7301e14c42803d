import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import type { Authorization } from './authorization.ts';
import { RegistryError } from './registry-error.ts';
import { longestSilenceMs, type StartTimer, watchSilence } from './silence.ts';

export interface RegistryPlace {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly repository: string;
  readonly authorization: Authorization;
  readonly signal: AbortSignal;
  /** Waits before a repetition. A test waits for nothing. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Measures the silence of the registry. A test decides itself when it is over. */
  readonly startTimer?: StartTimer;
}

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
}

const maximumTries = 5;
const maximumRedirects = 5;
const longestWaitMs = 60_000;
/**
 * The default agent ends a call 300 s after its beginning if there is no answer. The answer to an upload comes after its
 * last byte, so a large layer on a slow line would never arrive. The silence is measured here instead.
 */
// The types of fetch are those of another release of the same package.
const patient = new Agent({ headersTimeout: 0 }) as unknown as NonNullable<RequestInit['dispatcher']>;

/**
 * Sends a request to a registry. A 401 renews the authorization once. 429, 5xx and broken connections are repeated, unless
 * the body is a stream, which can be sent only once. Every other answer is returned.
 */
export async function ask(
  place: RegistryPlace,
  path: string | URL,
  request: RegistryRequest,
): Promise<Response> {
  const url = new URL(path, `${place.origin}/v2/${place.repository}/`);
  const isRepeatable = request.body === undefined || request.body instanceof Uint8Array;
  let wasRenewed = false;
  for (let tries = 1; ; ) {
    const answer = await follow(place, url, request).catch((error: unknown) => {
      place.signal.throwIfAborted();
      if (error instanceof RegistryError) throw error;
      return new RegistryError('passing', `The connection to ${url.host} broke.`, { cause: error });
    });
    if (answer instanceof Response && answer.status === 401 && !wasRenewed) {
      wasRenewed = true;
      await discard(answer);
      await place.authorization.renew(answer.headers.get('www-authenticate'));
      if (isRepeatable) continue;
      throw new RegistryError('passing', `The sign-in at ${url.host} had expired.`);
    }
    const isPassing = answer instanceof RegistryError || answer.status === 429 || answer.status >= 500;
    if (!isPassing || !isRepeatable || tries === maximumTries) {
      if (answer instanceof RegistryError) throw answer;
      return answer;
    }
    const asked = answer instanceof Response ? answer.headers.get('retry-after') : null;
    if (answer instanceof Response) await discard(answer);
    await pause(place, tries, asked);
    tries += 1;
  }
}

/** Waits before a repetition: as long as the registry asks for, else longer each time. */
export async function pause(
  place: RegistryPlace,
  tries: number,
  retryAfter: string | null = null,
): Promise<void> {
  const { signal, wait = (ms) => delay(ms, undefined, { signal }) } = place;
  await wait(Math.min(retryAfterMs(retryAfter) ?? 500 * 2 ** tries, longestWaitMs), signal);
}

/** Frees the connection of an answer that nobody reads. */
export async function discard(answer: Response): Promise<void> {
  await answer.body?.cancel();
}

/** Seconds, or a date. */
function retryAfterMs(text: string | null): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

/** Registries redirect to stores of other hosts, which must not see the Authorization header. */
async function follow(place: RegistryPlace, first: URL, request: RegistryRequest): Promise<Response> {
  let url = first;
  for (let hops = 0; ; hops += 1) {
    const header = url.origin === place.origin ? await place.authorization.header() : undefined;
    const silence = watchSilence(place.startTimer);
    const { body } = request;
    const answer = await fetch(url, {
      method: request.method,
      headers: { ...request.headers, ...(header !== undefined && { authorization: header }) },
      redirect: 'manual',
      signal: AbortSignal.any([place.signal, silence.signal]),
      dispatcher: patient,
      ...(body !== undefined && {
        body: body instanceof Uint8Array ? body : silence.watched(body),
        duplex: 'half' as const,
      }),
    })
      .catch((error: unknown) => {
        if (!silence.signal.aborted) throw error;
        throw new RegistryError('passing', `${url.host} took nothing for ${longestSilenceMs / 1_000} s.`);
      })
      .finally(silence.end);
    const location = answer.headers.get('location');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || answer.status < 300 || answer.status > 399 || location === null) return answer;
    await discard(answer);
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    const isSafe = next?.protocol === 'https:' || next?.protocol === new URL(place.origin).protocol;
    if (next === undefined || !isSafe || hops === maximumRedirects) {
      throw new RegistryError('refused', `${url.host} redirects to nowhere.`);
    }
    url = next;
  }
}
