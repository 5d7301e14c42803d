import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { type HandleSettings, handleFinding } from '../../../../src/core/handle-finding.ts';
import type { Message, Settlement } from '../../../../src/core/message.ts';
import type { OutcomeEvent } from '../../../../src/core/outcome-event.ts';
import type { Ports } from '../../../../src/core/ports.ts';
import { sendEvents } from '../../../../src/core/tell/send-events.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { flaggedBytes, flaggedObject, message } from '../../../support/findings.ts';

const object = flaggedObject();

function arrange() {
  const world = createFakeWorld();
  world.source.upload(object, flaggedBytes);
  const sent: OutcomeEvent[] = [];
  const outcomeBus: Ports['outcomeBus'] = {
    send: (event) => world.log.perform('bus.send', () => void sent.push(event)),
  };
  const ports: Ports = { ...world.ports, outcomeBus };
  const deliver = async (
    about: Partial<Message> = {},
    given: Partial<HandleSettings> = {},
  ): Promise<Settlement> => {
    const settings = handleSettings(given);
    const handled = await handleFinding(message(about), ports, settings);
    return sendEvents(handled, message(about), ports, settings);
  };
  return { world, sent, deliver, ids: () => sent.map(({ id }) => id) };
}

const fail = (): never => {
  throw new RetryableError('ThrottlingException', 'later');
};
const records = (world: FakeWorld) => world.keys('records/').sort();

describe('the events of a handling', () => {
  it('cost a first delivery one call more, and no look at earlier records', async () => {
    const { deliver, ids, world } = arrange();

    expect(await deliver()).toEqual({ by: 'delete' });

    expect(ids()).toEqual(records(world));
    expect(world.log.names.filter((name) => name === 'isolation.list')).toEqual([]);
    expect(world.log.names.at(-1)).toBe('bus.send');
    expect(world.eventResults).toEqual(['sent']);
    expect(world.steps.at(-1)).toBe('event');
  });

  it('are the same each time they are sent', async () => {
    const { deliver, sent } = arrange();

    await deliver();
    await deliver({ receiveCount: 2 });

    const isolated = sent.filter(({ outcome }) => outcome === 'isolated');
    expect(isolated).toHaveLength(2);
    expect(isolated[1]).toEqual(isolated[0]);
  });

  it('do not include those of another finding, whose id begins like this one', async () => {
    const { deliver, ids, world } = arrange();
    await deliver();
    const [key = ''] = records(world);
    world.isolation.place(
      key.replace('.isolated', '0.isolated'),
      world.isolation.objects.get(key)?.bytes ?? '',
    );

    await deliver({ receiveCount: 2 });

    expect(new Set(ids())).toEqual(new Set(records(world).filter((one) => !one.includes('0.isolated'))));
  });

  it('are none where no bus is set', async () => {
    const { world } = arrange();
    const settings = handleSettings();
    const handled = await handleFinding(message(), world.ports, settings);

    expect(await sendEvents(handled, message(), world.ports, settings)).toEqual({ by: 'delete' });
    expect(world.steps).not.toContain('event');
  });

  it('name the message where it has no finding', async () => {
    const { deliver, sent } = arrange();

    expect(await deliver({ body: 'x' })).toMatchObject({ by: 'park', reason: 'not-json' });
    expect(sent).toMatchObject([
      { id: `messages/${message().id}`, outcome: 'rejected', reason: 'not-json', service_version: '1.2.3' },
    ]);
  });

  it('are sent again for a message that was moved back as a new one and finds its record', async () => {
    const { deliver, ids, world } = arrange();
    const alerting: Partial<HandleSettings> = { decide: () => ({ action: 'alert', rule: 'r' }) };
    await deliver({}, alerting);

    await deliver({ id: 'moved back' }, alerting);

    const [only] = records(world);
    expect(ids()).toEqual([only, only]);
  });

  it('include that of an isolation which another message finds done', async () => {
    const { deliver, ids, sent, world } = arrange();
    world.log.on({ at: 'bus.send', nth: 1, before: fail });
    await expect(deliver()).rejects.toMatchObject({ code: 'OutcomeEventFailed' });

    await deliver({ id: 'moved back' });

    expect(ids().sort()).toEqual(records(world));
    expect(sent.map(({ outcome }) => outcome)).toEqual(['isolated', 'already_isolated']);
  });

  it('leave out what is no record, although its key begins like one', async () => {
    const { deliver, ids, world } = arrange();
    await deliver();
    const [key = ''] = records(world);
    world.isolation.place(key.replace('.isolated.json', '.txt'), '{"outcome":"isolated"}');

    await deliver({ receiveCount: 2 });

    expect(ids().filter((id) => id.endsWith('.txt'))).toEqual([]);
  });

  it('leave out a record that is damaged', async () => {
    const { deliver, sent, world } = arrange();
    await deliver();
    const [key = ''] = records(world);
    world.isolation.objects.delete(key);
    world.isolation.place(key, 'not json');

    await deliver({ receiveCount: 2 });

    expect(sent.map(({ outcome }) => outcome)).not.toContain(undefined);
  });
});

describe('an event that is not sent', () => {
  it('makes the message come again, with the record written and the alert sent once', async () => {
    const { deliver, ids, world } = arrange();
    world.log.on({ at: 'bus.send', before: fail });
    await expect(deliver()).rejects.toMatchObject({
      code: 'OutcomeEventFailed',
      message: 'the event could not be sent',
      cause: { code: 'ThrottlingException' },
    });
    expect(records(world)).toHaveLength(1);
    expect(world.eventResults).toEqual(['try-failed']);

    world.log.clear();
    expect(await deliver({ receiveCount: 2 })).toEqual({ by: 'delete' });

    expect(ids().sort()).toEqual(records(world));
    expect(world.alerts).toHaveLength(1);
  });

  it('parks the message at the last receive', async () => {
    const { deliver, world } = arrange();
    world.log.on({ at: 'bus.send', before: fail });

    expect(await deliver({ receiveCount: 20 })).toMatchObject({
      by: 'park',
      outcome: 'isolated',
      reason: 'OutcomeEventFailed',
    });
    expect(world.eventResults).toEqual(['try-failed', 'failed']);
  });

  it('leaves a message that is parked anyway with the reason of its outcome', async () => {
    const { deliver, world } = arrange();
    world.log.on({ at: 'bus.send', before: fail });
    world.log.on({
      at: 'isolation.copy',
      before: () => {
        throw new RefusedError('access-denied', 'no');
      },
    });

    expect(await deliver({ receiveCount: 20 })).toMatchObject({ by: 'park', reason: 'access-denied' });
  });
});

describe('a crash', () => {
  /** Every call of an uninterrupted delivery, the event included. */
  const calls = Array.from({ length: 12 }, (_, index) => index + 1);

  it.each(
    calls.flatMap((at) => [
      { at, when: 'before' as const },
      { at, when: 'after' as const },
    ]),
  )(
    '$when call $at loses no event: each record has one once the message is settled',
    async ({ at, when }) => {
      for (const second of calls) {
        const { deliver, ids, world } = arrange();
        const dies = (call: number, how: 'before' | 'after') => {
          world.log.clear();
          world.log.on({ at: call, [how]: fail });
        };
        let receiveCount = 0;
        const settled = async () => {
          receiveCount += 1;
          return deliver({ receiveCount }).then(
            () => true,
            () => false,
          );
        };
        dies(at, when);
        if (!(await settled())) {
          dies(second, when);
          if (!(await settled())) {
            world.log.clear();
            expect(await settled()).toBe(true);
          }
        }
        expect(new Set(ids())).toEqual(new Set(records(world)));
      }
    },
  );
});
