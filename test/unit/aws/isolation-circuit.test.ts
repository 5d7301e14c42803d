import { describe, expect, it } from 'vitest';
import { createIsolationCircuit } from '../../../src/aws/isolation-circuit.ts';
import { IsolationFaultError, RetryableError } from '../../../src/core/errors.ts';
import type { CopyRequest, IsolationBucket } from '../../../src/core/ports.ts';

const fault = new IsolationFaultError('AccessDenied', 'refused');
const throttled = new RetryableError('SlowDown', 'CopyObject failed');
const hour = 3_600_000;
const own = { accountId: '111122223333', bucket: 'data', key: 'a.csv' };

function open(tryEveryMs = hour, tellPeople = async (): Promise<unknown> => undefined) {
  const seen: string[] = [];
  let failure: Error | undefined;
  const circuit = createIsolationCircuit(
    {
      opened: (code) => seen.push(`opened ${code}`),
      closed: () => seen.push('closed'),
      tellPeople(code) {
        seen.push(`told ${code}`);
        return tellPeople();
      },
    },
    { isOurs: ({ from }) => from.accountId === own.accountId, tryEveryMs },
  );
  const answer = async <Answer>(value: Answer): Promise<Answer> => {
    if (failure) throw failure;
    return value;
  };
  let isThere = false;
  const bucket = circuit.watched({
    copy: () =>
      answer(
        isThere ? { kind: 'precondition-failed' } : { kind: 'copied', tagsCopied: true, resumed: false },
      ),
    put: () => answer(isThere ? 'exists' : 'written'),
  } as Partial<IsolationBucket> as IsolationBucket);
  const call = async (need: 'copy' | 'put', error: Error | undefined, times = 1, from = own) => {
    failure = error;
    for (let count = 0; count < times; count += 1) {
      await (need === 'copy' ? bucket.copy({ from } as CopyRequest) : bucket.put('k', '{}')).catch(
        () => undefined,
      );
    }
  };
  const find = async () => {
    isThere = true;
    await call('copy', undefined);
    await call('put', undefined);
    isThere = false;
  };
  return { circuit, seen, call, find };
}

const signal = () => new AbortController().signal;
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('the circuit of the isolation side', () => {
  it('stays closed where a member account has its own copies refused', async () => {
    const { circuit, call } = open();

    await call('copy', fault, 20, { ...own, accountId: '444455556666' });

    expect(circuit.isOpen).toBe(false);
  });

  it('opens with the fifth refusal in a row, and tells people once', async () => {
    const { circuit, seen, call } = open();

    await call('copy', fault, 4);
    expect(circuit.isOpen).toBe(false);
    await call('copy', fault, 6);

    expect(circuit.isOpen).toBe(true);
    expect(seen).toEqual(['opened AccessDenied', 'told AccessDenied']);
  });

  it('begins to count anew with every success', async () => {
    const { circuit, call } = open();

    await call('copy', fault, 4);
    await call('copy', undefined);
    await call('copy', fault, 4);

    expect(circuit.isOpen).toBe(false);
  });

  it('does not take a record that could be written for a copy that can be made', async () => {
    const { circuit, call } = open();

    for (let count = 0; count < 5; count += 1) {
      await call('copy', fault);
      await call('put', undefined);
    }

    expect(circuit.isOpen).toBe(true);
    await call('put', undefined);
    expect(circuit.isOpen).toBe(true);
    await call('copy', undefined);
    expect(circuit.isOpen).toBe(false);
  });

  it('is not closed by what is there already, for nothing was written', async () => {
    const { circuit, call, find } = open();
    await call('copy', fault, 5);

    await find();

    expect(circuit.isOpen).toBe(true);
  });

  it('is opened by no error of the source, of the network or by throttling', async () => {
    const { circuit, call } = open();

    await call('copy', throttled, 20);
    await call('put', new Error('socket hang up'), 20);

    expect(circuit.isOpen).toBe(false);
  });

  it('lets nothing pass while it is open, until one goes well', async () => {
    const { circuit, call, seen } = open();
    await call('put', fault, 5);

    const passing = circuit.pass(signal());
    expect(await isSettled(passing)).toBe(false);
    expect([circuit.admit(), circuit.width]).toEqual([false, 1]);
    await call('put', undefined);
    await passing;

    expect([circuit.admit(), circuit.width]).toEqual([true, Number.POSITIVE_INFINITY]);
    expect(seen.at(-1)).toBe('closed');
  });

  it('lets what goes well follow at once, one at a time, while copies are not known to go well', async () => {
    const { circuit, call } = open();
    await call('copy', fault, 5);
    const passing = circuit.pass(signal());
    expect(await isSettled(passing)).toBe(false);

    await call('put', undefined);

    await passing;
    expect([circuit.isOpen, circuit.width, circuit.admit(), circuit.admit()]).toEqual([true, 1, true, false]);
  });

  it('lets one message try each time its pause is over', async () => {
    const { circuit, call } = open(1);
    await call('copy', fault, 5);

    await circuit.pass(signal());

    expect(circuit.admit()).toBe(true);
    expect(circuit.isOpen).toBe(true);
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

  it('tells again with the next refusal where nobody could be told', async () => {
    let failures = 1;
    const { call, seen } = open(hour, async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('SNS is away');
    });

    await call('copy', fault, 5);
    await isSettled(Promise.resolve());
    await call('copy', fault, 3);

    expect(seen.filter((what) => what.startsWith('told'))).toHaveLength(2);
  });

  it('tells each time that it opens', async () => {
    const { call, seen } = open();

    await call('copy', fault, 5);
    await call('copy', undefined);
    await call('copy', fault, 5);

    expect(seen).toEqual([
      'opened AccessDenied',
      'told AccessDenied',
      'closed',
      'opened AccessDenied',
      'told AccessDenied',
    ]);
  });
});
