import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IsolationFaultError, RetryableError } from '../../../src/core/errors.ts';
import type { CopyRequest, IsolationBucket } from '../../../src/core/isolation-bucket.ts';
import type { StoredObject } from '../../../src/core/source-buckets.ts';
import { createIsolationCircuit } from '../../../src/flow/isolation-circuit.ts';

const fault = new IsolationFaultError('AccessDenied', 'refused');
const throttled = new RetryableError('SlowDown', 'CopyObject failed');
const minute = 60_000;
const own = { accountId: '111122223333', bucket: 'data', key: 'a.csv' };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Behaviour {
  readonly alertPeople?: () => Promise<unknown>;
  readonly probe?: () => Promise<void>;
}

function open({ alertPeople = async () => undefined, probe }: Behaviour = {}) {
  const seen: string[] = [];
  const probes: Date[] = [];
  const asked: unknown[] = [];
  let failure: Error | undefined;
  let refusesProbe = true;
  const circuit = createIsolationCircuit(
    {
      opened: (code, refusedBy) =>
        seen.push(refusedBy === 'macie' ? `opened ${code} by macie` : `opened ${code}`),
      closed: () => seen.push('closed'),
      alertPeople(code) {
        seen.push(`told ${code}`);
        return alertPeople();
      },
      probeFailed: () => seen.push('probe failed'),
      sourceSuspected: (code, { accountId, bucket }) =>
        seen.push(`refused for ${accountId}/${bucket} ${code}`),
    },
    {
      async probe(since, refused) {
        probes.push(since);
        asked.push(refused);
        if (probe) return probe();
        if (refusesProbe) throw fault;
      },
    },
  );
  let isThere = false;
  const answer = async <Answer>(value: Answer): Promise<Answer> => {
    if (failure) throw failure;
    return value;
  };
  const bucket = circuit.watched({
    copy: () =>
      answer(
        isThere ? { kind: 'precondition-failed' } : { kind: 'copied', tagsCopied: true, resumed: false },
      ),
    put: () => answer(isThere ? 'exists' : 'written'),
    head: () => answer(undefined),
    get: () => answer(undefined),
    list: () => answer([]),
    hash: () => answer({ algorithm: 'MD5', type: 'FULL_OBJECT', value: '' }),
  } as Partial<IsolationBucket> as IsolationBucket);
  const control = circuit.watchedControl({
    read: () => answer({ at: new Date() }),
    write: () => answer(isThere ? { kind: 'conflict' } : { kind: 'written', eTag: 'e', at: new Date() }),
  });
  const confirmer = circuit.watchedConfirmer({ find: () => answer(undefined) });
  let calls = 0;
  const call = async (
    need: 'confirm' | 'count' | 'lease' | 'look' | 'copy' | 'put' | 'head' | 'get' | 'hash' | 'list',
    error: Error | undefined,
    times = 1,
    { from = own, key }: { from?: typeof own; key?: string } = {},
  ) => {
    failure = error;
    for (let count = 0; count < times; count += 1) {
      calls += 1;
      const isolationKey = key ?? `records/key ${calls}`;
      const done = {
        confirm: () => confirmer.find(isolationKey, 'eu-west-1'),
        lease: () => control.write('control/budget.json', '{}', undefined),
        look: () => control.read('control/pause.json'),
        count: () => control.read('control/budget.json'),
        copy: () => bucket.copy({ from, isolationKey } as CopyRequest),
        put: () => bucket.put(isolationKey, '{}'),
        head: () => bucket.head(isolationKey),
        get: () => bucket.get(isolationKey),
        list: () => bucket.list(isolationKey),
        hash: () => bucket.hash(isolationKey, {} as StoredObject, 'MD5'),
      }[need]();
      await done.catch(() => undefined);
    }
  };
  const find = async () => {
    isThere = true;
    for (const need of ['copy', 'put', 'lease'] as const) await call(need, undefined);
    isThere = false;
  };
  const mend = (isMended = true) => {
    refusesProbe = !isMended;
  };
  return { circuit, seen, probes, asked, call, find, mend };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await vi.advanceTimersByTimeAsync(0);
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}
const signal = () => new AbortController().signal;

describe('the circuit of the isolation side', () => {
  it('stays closed where copies of one bucket or account are refused, and the isolation side takes the probe', async () => {
    const { circuit, call, mend, seen, probes } = open();
    mend();

    await call('copy', fault, 200, { from: { ...own, accountId: '444455556666', bucket: 'sick' } });

    expect(circuit.isOpen).toBe(false);
    expect(seen).toEqual(['refused for 444455556666/sick AccessDenied']);
    expect(probes).toHaveLength(1);
  });

  it('stays closed where copies of several sick accounts are refused, and the isolation side takes the probe', async () => {
    const { circuit, call, mend } = open();
    mend();

    for (let round = 0; round < 20; round += 1) {
      for (const accountId of ['444455556666', '777788889999', own.accountId]) {
        await call('copy', fault, 1, { from: { ...own, accountId } });
      }
    }

    expect(circuit.isOpen).toBe(false);
  });

  it('opens for copies of a member account, too, where the isolation side refuses the probe', async () => {
    const { circuit, call } = open();

    await call('copy', fault, 6, { from: { ...own, accountId: '444455556666' } });

    expect(circuit.isOpen).toBe(true);
  });

  it('asks the isolation side again after five minutes of refused copies, and opens once it refuses', async () => {
    const { circuit, call, mend, probes } = open();
    const sick = { from: { ...own, bucket: 'sick' } };
    mend();
    await call('copy', fault, 10, sick);

    mend(false);
    await vi.advanceTimersByTimeAsync(5 * minute - 1);
    await call('copy', fault, 10, sick);
    expect([circuit.isOpen, probes.length]).toEqual([false, 1]);
    await vi.advanceTimersByTimeAsync(1);
    await call('copy', fault, 2, sick);

    expect([circuit.isOpen, probes.length]).toEqual([true, 2]);
  });

  it('opens at once for records that are refused, whatever a probe for copies has said', async () => {
    const { circuit, call, mend } = open();
    mend();
    await call('copy', fault, 10);

    await call('put', fault, 5);

    expect(circuit.isOpen).toBe(true);
  });

  it('stays closed where a copy was made while the isolation side was probed', async () => {
    let refuse: () => void = () => undefined;
    const { circuit, call, seen } = open({
      probe: () => new Promise((_, reject) => void (refuse = () => reject(fault))),
    });
    await call('copy', fault, 5);

    await call('copy', undefined);
    refuse();
    await vi.advanceTimersByTimeAsync(minute);

    expect([circuit.isOpen, seen]).toEqual([false, []]);
  });

  it('does not open once it is stopped, though the isolation side was being probed', async () => {
    let refuse: () => void = () => undefined;
    const { circuit, call } = open({
      probe: () => new Promise((_, reject) => void (refuse = () => reject(fault))),
    });
    await call('copy', fault, 5);

    circuit.stop();
    refuse();
    await vi.advanceTimersByTimeAsync(minute);

    expect(circuit.isOpen).toBe(false);
  });

  it('says that Macie refuses, and counts its answers apart from those of the bucket', async () => {
    const { circuit, seen, call } = open();

    await call('confirm', fault, 4);
    await call('copy', undefined);
    expect(circuit.refusedBy).toBeUndefined();
    await call('confirm', fault);

    expect(circuit.refusedBy).toBe('macie');
    expect(seen).toEqual(['opened AccessDenied by macie', 'told AccessDenied']);
  });

  it('stays closed where Macie answers now and then, be it that it does not know a finding', async () => {
    const { circuit, call } = open();

    await call('confirm', fault, 4);
    await call('confirm', undefined);
    await call('confirm', fault, 4);

    expect(circuit.isOpen).toBe(false);
  });

  it.each(['lease', 'look', 'copy', 'put', 'head', 'get', 'hash', 'list'] as const)(
    'opens with the fifth refusal in a row, and tells people once: %s',
    async (need) => {
      const { circuit, seen, call } = open();

      await call(need, fault, 4);
      expect(circuit.isOpen).toBe(false);
      await call(need, fault, 6);

      expect(circuit.isOpen).toBe(true);
      expect(seen).toEqual(['opened AccessDenied', 'told AccessDenied']);
    },
  );

  it('stays closed for one poison object, and opens with the first refusal of another', async () => {
    const { circuit, call } = open();

    await call('copy', fault, 20, { key: 'objects/poison' });
    expect(circuit.isOpen).toBe(false);
    await call('copy', fault, 1, { key: 'objects/another' });

    expect(circuit.isOpen).toBe(true);
  });

  it('begins to count anew with every success', async () => {
    const { circuit, call } = open();

    await call('copy', fault, 4);
    await call('copy', undefined);
    await call('copy', fault, 4);

    expect(circuit.isOpen).toBe(false);
  });

  it('does not take a pause that can be read for a budget that can be read', async () => {
    const { circuit, call } = open();

    for (let count = 0; count < 5; count += 1) {
      await call('look', undefined);
      await call('count', fault);
    }

    expect(circuit.isOpen).toBe(true);
  });

  it.each(['lease', 'look'] as const)(
    'begins to count anew where pause and budget answer, as they do a hundred times between two faults of an idle worker: %s',
    async (need) => {
      const { circuit, call } = open();

      for (let day = 0; day < 20; day += 1) {
        await call(need, fault);
        await call(need, undefined, 100);
      }

      expect(circuit.isOpen).toBe(false);
    },
  );

  it('does not take pause and budget that answer for evidence that can be read and written', async () => {
    const { circuit, call } = open();

    for (let count = 0; count < 5; count += 1) {
      await call('put', fault);
      await call('lease', undefined);
      await call('look', undefined);
    }

    expect(circuit.isOpen).toBe(true);
  });

  it('does not take a record that could be written or an object that could be read for a copy that can be made', async () => {
    const { circuit, call } = open();

    for (let count = 0; count < 5; count += 1) {
      await call('copy', fault);
      await call('put', undefined);
      await call('head', undefined);
    }

    expect(circuit.isOpen).toBe(true);
  });

  it.each(['copy', 'put', 'lease'] as const)(
    'goes on counting where something is there already, for nothing was written: %s',
    async (need) => {
      const { circuit, call, find } = open();
      await call(need, fault, 4);

      await find();
      await call(need, fault);

      expect(circuit.isOpen).toBe(true);
    },
  );

  it('is opened by no error of the source, of the network or by throttling', async () => {
    const { circuit, call } = open();

    await call('copy', throttled, 20);
    await call('put', new Error('socket hang up'), 20);

    expect(circuit.isOpen).toBe(false);
  });

  it('lets nothing pass while it is open, whatever still goes well, until a probe succeeds', async () => {
    const { circuit, call, seen, mend, probes } = open();
    const before = new Date();
    await call('put', fault, 5);

    const passing = circuit.pass(signal());
    await call('put', undefined);
    await vi.advanceTimersByTimeAsync(minute);
    expect([await isSettled(passing), circuit.admit(), circuit.isOpen]).toEqual([false, false, true]);
    mend();
    await vi.advanceTimersByTimeAsync(minute);
    await passing;

    expect([circuit.admit(), circuit.isOpen]).toEqual([true, false]);
    expect(seen).toEqual(['opened AccessDenied', 'told AccessDenied', 'probe failed', 'closed']);
    // Both probes belong to one halt.
    expect(probes).toEqual([before, before]);
  });

  it('opens where the records alone are refused, whatever succeeds in other folders, and its probe makes that call', async () => {
    const { circuit, asked, call } = open();

    for (let index = 1; index <= 5; index += 1) {
      await call('put', fault, 1, { key: `records/dt=2026-11-20/f${index}.isolated.json` });
      await call('put', undefined, 1, { key: `provenance/removals/${index}.json` });
    }
    await vi.advanceTimersByTimeAsync(minute);

    expect(circuit.isOpen).toBe(true);
    expect(asked).toEqual([{ call: 'put', key: 'records/dt=2026-11-20/f5.isolated.json' }]);
  });

  it.each([
    ['head', 'read'],
    ['get', 'read'],
    ['hash', 'read'],
    ['list', 'list'],
  ] as const)(
    'opens where %s is refused in one folder, and its probe makes that call',
    async (need, asks) => {
      const { asked, call, circuit } = open();

      await call(need, fault, 4, { key: 'releases/a' });
      await call(need, undefined, 1, { key: 'objects/a' });
      await call(need, fault, 1, { key: 'releases/b' });
      await vi.advanceTimersByTimeAsync(minute);

      expect(circuit.isOpen).toBe(true);
      expect(asked).toEqual([{ call: asks, key: 'releases/b' }]);
    },
  );

  it('asks its probe for no call of its own where Macie refuses', async () => {
    const { asked, call } = open();

    await call('confirm', fault, 5);
    await vi.advanceTimersByTimeAsync(minute);

    expect(asked).toEqual([undefined]);
  });

  it('opens where copies to one folder alone are refused, whatever is copied to the other, and its probes copy to that folder', async () => {
    const { asked, call, circuit, seen } = open();

    for (let index = 1; index <= 5; index += 1) {
      await call('copy', fault, 1, { key: `objects-hashed/${index}` });
      await call('copy', undefined, 1, { key: `objects/${index}` });
    }
    await vi.advanceTimersByTimeAsync(minute);

    expect(circuit.isOpen).toBe(true);
    const refused = { call: 'copy', key: 'objects-hashed/5' };
    expect(asked).toEqual([refused, refused]);
    expect(seen).toEqual(['opened AccessDenied', 'told AccessDenied', 'probe failed']);
  });

  it('blames no source for one folder because the other takes copies', async () => {
    const { call, circuit, mend } = open();
    mend();
    for (let index = 1; index <= 5; index += 1) await call('copy', fault, 1, { key: `objects/${index}` });
    mend(false);

    for (let index = 1; index <= 5; index += 1)
      await call('copy', fault, 1, { key: `objects-hashed/${index}` });

    expect(circuit.isOpen).toBe(true);
  });

  it('probes once a minute, and no more once it is closed', async () => {
    const { call, mend, probes } = open();
    await call('put', fault, 5);

    await vi.advanceTimersByTimeAsync(minute - 1);
    expect(probes).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2 * minute + 1);
    expect(probes).toHaveLength(3);
    mend();
    await vi.advanceTimersByTimeAsync(10 * minute);

    expect(probes).toHaveLength(4);
  });

  it('probes no more once it is stopped', async () => {
    const { circuit, call, probes } = open();
    await call('put', fault, 5);

    circuit.stop();
    await vi.advanceTimersByTimeAsync(10 * minute);

    expect(probes).toEqual([]);
  });

  it('holds up no shutdown', async () => {
    const { circuit, call } = open();
    await call('copy', fault, 5);
    const stopping = new AbortController();

    const passing = circuit.pass(stopping.signal);
    stopping.abort();

    await passing;
    expect(circuit.isOpen).toBe(true);
  });

  it('tells again with the next probe where nobody could be told', async () => {
    let failures = 1;
    const { call, seen } = open({
      async alertPeople() {
        failures -= 1;
        if (failures >= 0) throw new Error('SNS is away');
      },
    });

    await call('copy', fault, 5);
    await vi.advanceTimersByTimeAsync(3 * minute);

    expect(seen.filter((what) => what.startsWith('told'))).toHaveLength(2);
  });

  it('tells each time that it opens', async () => {
    const { call, mend, seen } = open();
    mend();

    await call('put', fault, 5);
    await vi.advanceTimersByTimeAsync(minute);
    await call('put', fault, 4);
    expect(seen.at(-1)).toBe('closed');
    await call('put', fault);

    expect(seen).toEqual([
      'opened AccessDenied',
      'told AccessDenied',
      'closed',
      'opened AccessDenied',
      'told AccessDenied',
    ]);
  });
});
