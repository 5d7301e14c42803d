import { describe, expect, it } from 'vitest';
import { createSessionCache } from '../../../../src/aws/sdk/session-cache.ts';

const hour = 3_600_000;

class Refused extends Error {}

function open(maximumSessions?: number) {
  let nowMs = Date.parse('2026-11-20T20:00:00Z');
  let fault: Error | undefined;
  const assumed: string[] = [];
  const sessionOf = createSessionCache({
    async assume(accountId) {
      assumed.push(accountId);
      await Promise.resolve();
      if (fault) throw fault;
      return { serial: assumed.length, expiration: new Date(nowMs + hour) };
    },
    isRefusal: (error) => error instanceof Refused,
    now: () => nowMs,
    ...(maximumSessions !== undefined && { maximumSessions }),
  });
  return {
    sessionOf,
    assumed,
    pass: (ms: number) => {
      nowMs += ms;
    },
    fail: (error: Error | undefined) => {
      fault = error;
    },
  };
}

describe('the session of an account', () => {
  it('is one for all calls, also for those that begin at the same time', async () => {
    const { assumed, sessionOf } = open();

    const sessions = await Promise.all([sessionOf('a'), sessionOf('a'), sessionOf('b')]);

    expect(sessions[0]).toBe(sessions[1]);
    expect(await sessionOf('a')).toBe(sessions[0]);
    expect(assumed).toEqual(['a', 'b']);
  });

  it('is renewed five minutes before its end, so that a long copy goes on', async () => {
    const { pass, sessionOf } = open();
    const first = await sessionOf('a');

    pass(hour - 301_000);
    expect(await sessionOf('a')).toBe(first);
    pass(2_000);
    expect(await sessionOf('a')).not.toBe(first);
  });

  it('is used until its end where it cannot be renewed', async () => {
    const { fail, pass, sessionOf } = open();
    const first = await sessionOf('a');
    fail(new Error('STS is away'));

    pass(hour - 60_000);
    expect(await sessionOf('a')).toBe(first);
    pass(60_000);
    await expect(sessionOf('a')).rejects.toThrow('STS is away');
  });

  it('is dropped with its role: a refusal is no reason to use the old one', async () => {
    const { fail, pass, sessionOf } = open();
    await sessionOf('a');
    fail(new Refused('no role'));
    pass(hour - 60_000);

    await expect(sessionOf('a')).rejects.toThrow('no role');
  });

  it('is not asked for again at once where the account refuses it: STS limits all accounts together', async () => {
    const { assumed, fail, pass, sessionOf } = open();
    fail(new Refused('no role'));
    for (let call = 0; call < 100; call += 1) await expect(sessionOf('a')).rejects.toThrow('no role');
    expect(assumed).toEqual(['a']);

    fail(undefined);
    pass(5_000);
    await sessionOf('a');
  });

  it('is asked for again at once after any other failure', async () => {
    const { assumed, fail, sessionOf } = open();
    fail(new Error('STS is away'));
    await expect(sessionOf('a')).rejects.toThrow();
    fail(undefined);
    await sessionOf('a');

    expect(assumed).toEqual(['a', 'a']);
  });

  it('goes when too many others were used since, whatever accounts findings name', async () => {
    const { assumed, sessionOf } = open(3);
    for (const account of ['a', 'b', 'a', 'c', 'd', 'a', 'b']) await sessionOf(account);

    expect(assumed).toEqual(['a', 'b', 'c', 'd', 'b']);
  });
});
