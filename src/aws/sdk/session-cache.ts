/** Temporary credentials, as far as this cache reads them. */
interface Session {
  readonly expiration?: Date | undefined;
}

export interface SessionCacheOptions<Held extends Session> {
  /** Returns the credentials of a role in this account. */
  readonly assume: (accountId: string) => Promise<Held>;
  /** Whether the account refuses the role. Its owner must repair that, so it is not asked again at once. */
  readonly isRefusal: (error: unknown) => boolean;
  readonly now?: () => number;
  readonly maximumSessions?: number;
}

/** Findings name accounts, so the number of sessions is bounded. The least recently used session is dropped. */
const defaultMaximumSessions = 1_000;
/** Calls that begin now may last this long. */
const refreshBeforeMs = 5 * 60_000;
/** A refused account must not use up the rate of STS, which all accounts share. */
const refusedForMs = 5_000;

interface AccountSession<Held> {
  session?: Held;
  refusal?: { readonly error: unknown; readonly untilMs: number };
  assuming?: Promise<Held>;
}

/**
 * Returns the credentials of each account from one session, whatever the number of regions and of calls at the same
 * time. A session that is about to end is renewed; if that fails, it is used until its end.
 */
export function createSessionCache<Held extends Session>(
  options: SessionCacheOptions<Held>,
): (accountId: string) => Promise<Held> {
  const { assume, isRefusal, maximumSessions = defaultMaximumSessions, now = Date.now } = options;
  const entries = new Map<string, AccountSession<Held>>();

  const entryOf = (accountId: string): AccountSession<Held> => {
    const entry = entries.get(accountId) ?? {};
    entries.delete(accountId);
    entries.set(accountId, entry);
    const [oldest = ''] = entries.keys();
    if (entries.size > maximumSessions) entries.delete(oldest);
    return entry;
  };
  const validForMs = ({ session }: AccountSession<Held>): number =>
    session === undefined ? 0 : (session.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - now();

  const renew = async (accountId: string, entry: AccountSession<Held>): Promise<Held> => {
    try {
      entry.session = await assume(accountId);
      delete entry.refusal;
      return entry.session;
    } catch (error) {
      if (isRefusal(error)) entry.refusal = { error, untilMs: now() + refusedForMs };
      else if (entry.session && validForMs(entry) > 0) return entry.session;
      throw error;
    } finally {
      delete entry.assuming;
    }
  };

  return (accountId) => {
    const entry = entryOf(accountId);
    if (entry.session && validForMs(entry) > refreshBeforeMs) return Promise.resolve(entry.session);
    if (entry.refusal && entry.refusal.untilMs > now()) return Promise.reject(entry.refusal.error);
    entry.assuming ??= renew(accountId, entry);
    return entry.assuming;
  };
}
