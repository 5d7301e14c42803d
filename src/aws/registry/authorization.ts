import { errorOfStatus, RegistryError } from './registry-error.ts';

/** Knows the Authorization header of a registry. */
export interface Authorization {
  /** Returns the header that is known; `undefined` sends none. */
  header(): Promise<string | undefined>;
  /** The registry answered 401: gets another header. `challenge` is what the registry asked for. */
  renew(challenge: string | null): Promise<void>;
}

/** Keeps one header, and asks for another one after each 401. */
export function renewedBy(
  load: (challenge: string | null) => Promise<string | undefined>,
  isKnownAtOnce: boolean,
): Authorization {
  let known: Promise<string | undefined> | undefined;
  return {
    header() {
      if (known === undefined && isKnownAtOnce) known = load(null);
      return known ?? Promise.resolve(undefined);
    },
    async renew(challenge) {
      known = load(challenge);
      // A token that cannot be had must not be remembered.
      await known.catch((error: unknown) => {
        known = undefined;
        throw error;
      });
    },
  };
}

/** Anybody may read public images, with a token that the registry names in its challenge. */
export function anonymousReader(repository: string, signal: AbortSignal): Authorization {
  return renewedBy(async (challenge) => {
    const { realm, service } = bearerOf(challenge);
    if (realm === undefined || !URL.canParse(realm)) {
      throw new RegistryError('denied', 'The registry asks for a sign-in, and none is known here.');
    }
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set('service', service);
    // Not what the challenge asks for: a token for reading this repository is all that is needed.
    url.searchParams.set('scope', `repository:${repository}:pull`);
    const answer = await fetch(url, { signal, redirect: 'error' });
    if (!answer.ok) throw errorOfStatus(answer.status, `A token for reading ${repository}`);
    const { access_token, token } = (await answer.json()) as Readonly<Record<string, unknown>>;
    const found = token ?? access_token;
    if (typeof found !== 'string' || !/^[\x21-\x7e]{1,20000}$/.test(found)) {
      throw new RegistryError('refused', 'The registry answers without a token.');
    }
    return `Bearer ${found}`;
  }, false);
}

/** Reads `Bearer realm="…",service="…"` (RFC 6750). */
function bearerOf(challenge: string | null): { readonly realm?: string; readonly service?: string } {
  if (challenge === null || !/^bearer\s/i.test(challenge)) return {};
  const pairs = [...challenge.matchAll(/([a-z_]+)="([^"]*)"/gi)].map(
    ([, name = '', value = '']) => [name.toLowerCase(), value] as const,
  );
  return Object.fromEntries(pairs);
}
