import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Decide } from '../../../src/core/policy/policy.ts';
import { createPolicyInForce, type PolicyRead } from '../../../src/flow/policy-in-force.ts';
import { finding } from '../../support/findings.ts';

interface Named {
  readonly name: string;
  readonly decide: Decide;
}
const named = (name: string): Named => ({ name, decide: () => ({ action: 'alert', rule: name }) });
const policy = (name: string): PolicyRead<Named> => ({ kind: 'policy', version: name, policy: named(name) });
const invalid = (version: string): PolicyRead<Named> => ({
  kind: 'invalid',
  version,
  problem: `bad ${version}`,
});
const unreadable: PolicyRead<Named> = { kind: 'unreadable', problem: 'away' };
const at = new Date();

let events: string[];
beforeEach(() => {
  events = [];
});

/** Reads these one after the other; resolves `done` with the last one. */
function inForce(...reads: (PolicyRead<Named> | 'throws')[]) {
  const done = Promise.withResolvers<void>();
  const created = createPolicyInForce<Named>(
    async () => {
      const [next = unreadable] = reads;
      if (reads.length > 1) reads.shift();
      else queueMicrotask(() => setTimeout(done.resolve, 5));
      if (next === 'throws') throw new RangeError('Maximum call stack size exceeded');
      return next;
    },
    {
      takenUp: ({ name }) => void events.push(`taken up ${name}`),
      rejected: (problem) => void events.push(`rejected ${problem}`),
      stillRejected: (problem) => void events.push(`still rejected ${problem}`),
      unreadable: (problem) => void events.push(`unreadable ${problem}`),
      readableAgain: () => void events.push('readable again'),
    },
    { refreshEveryMs: 1 },
  );
  return { created, done: done.promise };
}

describe('the policy in force', () => {
  it('changes with its source, without a restart', async () => {
    const { created, done } = inForce(policy('one'), policy('one'), policy('two'));
    expect(await created.start()).toBe('policy');
    expect(created.decide(finding(), { at }).rule).toBe('one');
    await done;
    created.stop();
    expect(created.decide(finding(), { at }).rule).toBe('two');
    expect(events).toEqual(['taken up one', 'taken up two']);
  });

  it('stays where the source holds no policy, which is told once', async () => {
    const { created, done } = inForce(policy('one'), invalid('x'), invalid('x'), unreadable, invalid('x'));
    await created.start();
    await done;
    created.stop();
    expect(created.current?.name).toBe('one');
    expect(created.problem).toBeDefined();
    expect(events.filter((event) => event.startsWith('rejected'))).toEqual(['rejected bad x']);
  });

  it('is said to be rejected at each read of the text that is no policy, and no longer once it is mended', async () => {
    const same = { kind: 'unchanged' } as const;
    const { created, done } = inForce(policy('one'), invalid('x'), invalid('x'), same, policy('two'), same);
    await created.start();
    await done;
    created.stop();
    expect(events).toEqual([
      'taken up one',
      'rejected bad x',
      'still rejected bad x',
      'still rejected bad x',
      'taken up two',
    ]);
  });

  it('stays where a read throws, and the source is read again', async () => {
    const { created, done } = inForce(policy('one'), 'throws', policy('one'));
    await created.start();
    await done;
    created.stop();
    expect(created.current?.name).toBe('one');
    expect(events).toEqual([
      'taken up one',
      'unreadable the policy cannot be read (RangeError)',
      'readable again',
    ]);
  });

  it('has no problem any more once the source is mended', async () => {
    const { created, done } = inForce(policy('one'), invalid('x'), policy('two'));
    await created.start();
    await done;
    created.stop();
    expect([created.current?.name, created.problem]).toEqual(['two', undefined]);
  });

  it('has no problem any more once a source that was away holds the same again', async () => {
    const { created, done } = inForce(policy('one'), unreadable, { kind: 'unchanged' });
    await created.start();
    await done;
    created.stop();
    expect([created.current?.name, created.problem]).toEqual(['one', undefined]);
    expect(events.filter((event) => event === 'readable again')).toHaveLength(1);
  });

  it('keeps the problem of a text that is no policy, also after its source was away', async () => {
    const { created, done } = inForce(policy('one'), invalid('x'), unreadable, { kind: 'unchanged' });
    await created.start();
    await done;
    created.stop();
    expect(created.problem).toBe('bad x');
    expect(events).not.toContain('readable again');
  });

  it('lets no message be received before there is a policy', async () => {
    const { created } = inForce(unreadable, unreadable, policy('one'));
    expect(await created.start()).toBe('unreadable');
    expect(created.admit()).toBe(false);
    expect(() => created.decide(finding(), { at })).toThrow('no policy');
    await created.pass(new AbortController().signal);
    expect(created.admit()).toBe(true);
    created.stop();
  });

  it('lets go of whoever waits when the signal is aborted', async () => {
    const { created } = inForce(unreadable);
    await created.start();
    const abort = new AbortController();
    const passing = created.pass(abort.signal);
    abort.abort();
    await passing;
    created.stop();
  });

  it('has the problem of a source that does not answer, is read by one read at a time, and takes up a late answer', async () => {
    const answers = [Promise.withResolvers<PolicyRead<Named>>(), Promise.withResolvers<PolicyRead<Named>>()];
    answers[0]?.resolve(policy('one'));
    let reads = 0;
    const waiting = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<void>();
    let late = 0;
    const created = createPolicyInForce<Named>(
      () => answers[reads++]?.promise ?? Promise.resolve({ kind: 'unchanged' }),
      {
        takenUp: ({ name }) => (name === 'two' ? changed.resolve() : undefined),
        rejected: () => undefined,
        stillRejected: () => undefined,
        unreadable: () => (++late === 3 ? waiting.resolve() : undefined),
        readableAgain: () => undefined,
      },
      { refreshEveryMs: 1, longestReadMs: 1 },
    );
    expect(await created.start()).toBe('policy');

    await waiting.promise;
    expect(created.problem).toBe('the policy cannot be read (no answer)');
    expect(reads).toBe(2);
    answers[1]?.resolve(policy('two'));
    await changed.promise;

    created.stop();
    expect(created.problem).toBeUndefined();
  });

  it('gives up the first read at a stop, and says nothing of the source', async () => {
    const unreadable = vi.fn();
    const created = createPolicyInForce<Named>(() => new Promise(() => undefined), {
      takenUp: () => undefined,
      rejected: () => undefined,
      stillRejected: () => undefined,
      unreadable,
      readableAgain: () => undefined,
    });
    const started = created.start();

    created.stop();

    expect(await started).toBe('unreadable');
    expect(unreadable).not.toHaveBeenCalled();
  });

  it('says at the start that the source holds no policy', async () => {
    const { created } = inForce(invalid('x'));
    expect(await created.start()).toBe('invalid');
    created.stop();
  });
});
