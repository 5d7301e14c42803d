import { describe, expect, it } from 'vitest';
import type { Stack, StackEvent, Stacks } from '../../../../../src/core/deploy/stack/stacks.ts';
import { untilSettled } from '../../../../../src/core/deploy/stack/until-settled.ts';

const id = 'arn:stack';
const stack = (status: string): Stack => ({
  id,
  name: 'one',
  status,
  parameters: {},
  outputs: {},
  tags: {},
});
const event = (name: string, status: string): StackEvent => ({
  id: name,
  resource: 'Queue',
  type: 'AWS::SQS::Queue',
  status,
});

/** CloudFormation that answers with these statuses one after the other, and tells these events after each. */
function watched(answers: readonly (readonly [status: string, events: readonly StackEvent[]])[]) {
  const left = [...answers];
  const news: StackEvent[] = [];
  const told: string[] = [];
  const stacks: Pick<Stacks, 'find' | 'eventsAfter'> = {
    async find() {
      const [status = '', events = []] = left.shift() ?? [];
      news.push(...events);
      return stack(status);
    },
    eventsAfter: async () => news.splice(0),
  };
  const nothing = () => undefined;
  const ports = {
    stacks: stacks as Stacks,
    report: {
      begins: nothing,
      ends: nothing,
      leaves: nothing,
      waitsForNames: nothing,
      event: (_: string, one: StackEvent) => void told.push(one.id),
    },
    pause: async () => undefined,
    signal: new AbortController().signal,
  };
  return { told, settled: (isBegun: boolean) => untilSettled(ports, stack(''), 'before', { isBegun }) };
}

describe('the wait for a stack', () => {
  it('does not take the status from before its call for the end', async () => {
    const { settled, told } = watched([
      ['UPDATE_COMPLETE', []],
      ['UPDATE_COMPLETE', [event('1', 'UPDATE_IN_PROGRESS')]],
      ['UPDATE_IN_PROGRESS', []],
      ['UPDATE_ROLLBACK_COMPLETE', [event('2', 'UPDATE_FAILED')]],
    ]);

    const { failures, stack: ended } = await settled(false);

    expect(ended.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(told).toEqual(['1', '2']);
    expect(failures.map((one) => one.id)).toEqual(['2']);
  });

  it('waits for no event where something was at work before', async () => {
    const { settled } = watched([['UPDATE_COMPLETE', []]]);

    expect((await settled(true)).stack.status).toBe('UPDATE_COMPLETE');
  });
});
