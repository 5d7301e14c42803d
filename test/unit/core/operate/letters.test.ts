import { describe, expect, it } from 'vitest';
import { rejectedBodyKey, sha256Hex } from '../../../../src/core/evidence/keys.ts';
import { changeLetters } from '../../../../src/core/operate/dead-letters/change-letters.ts';
import { type DeadLetter, summaryOf } from '../../../../src/core/operate/dead-letters/dead-letter.ts';
import { discardLetter } from '../../../../src/core/operate/dead-letters/discard-letter.ts';
import type { DeadLetterQueue, HeldLetter } from '../../../../src/core/operate/dead-letters/each-letter.ts';
import { fits, type LetterFilter } from '../../../../src/core/operate/dead-letters/letter-filter.ts';
import { replayLetter } from '../../../../src/core/operate/dead-letters/replay-letter.ts';

const parked: DeadLetter = {
  queue: 'findings',
  messageId: 'm1-rest',
  body: 'body',
  sentAt: new Date('2026-11-20T20:00:00.000Z'),
  receives: 1,
  attributes: { Reason: 'SlowDown', Outcome: 'refused', FindingId: 'ba3c7561' },
  wasMovedBySqs: false,
};
const held = (overrides: Partial<HeldLetter> = {}): HeldLetter => ({
  ...parked,
  receiptHandle: 'r1',
  ...overrides,
});

function createQueue(name: DeadLetterQueue['name'] = 'findings', letters: HeldLetter[] = []) {
  const deleted: string[] = [];
  const back: string[] = [];
  const queue: DeadLetterQueue = {
    name,
    count: async () => ({ visible: letters.length, all: letters.length }),
    receive: async (count) => letters.splice(0, count),
    giveBack: async (handles) => void back.push(...handles),
    delete: async ({ messageId }) => void deleted.push(messageId),
  };
  return { queue, deleted, back };
}

describe('which messages of the dead-letter queues are meant', () => {
  it.each<[string, LetterFilter, boolean]>([
    ['nothing', {}, true],
    ['its queue', { queues: ['rules', 'findings'] }, true],
    ['the other queue', { queues: ['rules'] }, false],
    ['its reason', { reasons: ['SlowDown'] }, true],
    ['another reason', { reasons: ['access-denied'] }, false],
    ['the beginning of its reason', { reasons: ['Slow'] }, false],
    ['its outcome', { outcomes: ['refused'] }, true],
    ['another outcome', { outcomes: ['retained'] }, false],
    ['the beginning of its finding', { findings: ['ffff', 'ba3c'] }, true],
    ['the middle of its finding', { findings: ['3c75'] }, false],
    ['the beginning of its message', { messages: ['m1'] }, true],
    ['another message', { messages: ['m2'] }, false],
    ['its reason and another outcome', { reasons: ['SlowDown'], outcomes: ['retained'] }, false],
  ])('by %s', (_, filter, does) => {
    expect(fits(summaryOf(parked), filter)).toBe(does);
  });

  it('are none without a finding or an outcome where these are named', () => {
    const bare = summaryOf({ ...parked, attributes: {} });

    expect(fits(bare, { findings: ['ba3c'] })).toBe(false);
    expect(fits(bare, { outcomes: ['refused'] })).toBe(false);
  });
});

describe('a message that is sent again', () => {
  interface Sent {
    readonly body: string;
    readonly needed: object;
    readonly more: object | undefined;
  }
  function replay(letter: HeldLetter, force = false, kept?: string, answer: 'sent' | 'too-large' = 'sent') {
    const sent: Sent[] = [];
    const { deleted, queue } = createQueue();
    const findings = {
      async send(body: string, needed: object, more?: object) {
        sent.push({ body, needed, more });
        return answer;
      },
    };
    const replaying = replayLetter(letter, queue, { findings, keptBody: async () => kept }, { force });
    return replaying.then((result) => ({ result, sent, deleted }));
  }

  it('keeps its attributes, says that a person sent it again, and is deleted', async () => {
    expect(await replay(held({ attributes: { ...parked.attributes, Origin: 'backfill' } }))).toStrictEqual({
      result: 'sent',
      sent: [{ body: 'body', needed: { Origin: 'replay', Replays: '1' }, more: parked.attributes }],
      deleted: ['m1-rest'],
    });
  });

  it.each([
    ['is not sent a second time', '2', false, 'came-back-before'],
    ['is sent a second time by force', '2', true, 'sent'],
    ['is sent where the number of its replays is no number', 'two', false, 'sent'],
    ['is sent where the number of its replays is none', '0', false, 'sent'],
  ])('%s', async (_, Replays, force, result) => {
    const replayed = await replay(held({ attributes: { Replays } }), force);

    expect(replayed.result).toBe(result);
    expect(replayed.deleted).toStrictEqual(result === 'sent' ? ['m1-rest'] : []);
    if (force) expect(replayed.sent).toMatchObject([{ needed: { Replays: '3' }, more: {} }]);
  });

  it('stays where it does not fit into a message', async () => {
    expect(await replay(held(), false, undefined, 'too-large')).toMatchObject({
      result: 'too-large',
      deleted: [],
    });
  });

  describe('whose body is kept in the isolation bucket', () => {
    const kept = 'a long body';
    const sha256 = sha256Hex(kept);
    const stub = held({ body: JSON.stringify({ sha256, kept_at: rejectedBodyKey(sha256) }) });

    it('is sent with that body', async () => {
      expect(await replay(stub, false, kept)).toMatchObject({ result: 'sent', sent: [{ body: kept }] });
    });

    it.each([
      ['body-missing', undefined],
      ['body-altered', 'another body'],
    ])('is neither sent nor deleted: %s', async (result, there) => {
      expect(await replay(stub, false, there)).toStrictEqual({ result, sent: [], deleted: [] });
    });
  });
});

describe('a message that is discarded', () => {
  const reason = { who: 'Ada', why: 'a test' };
  const clock = () => new Date('2026-11-21T10:00:00.000Z');

  it('is on record with everything but its body, and then deleted', async () => {
    const { deleted, queue } = createQueue();
    const written: [string, unknown, string | undefined][] = [];
    const objects = {
      read: async () => ({ at: clock() }),
      async write(key: string, text: string, ifMatch: string | undefined) {
        expect(deleted).toStrictEqual([]);
        written.push([key, JSON.parse(text), ifMatch]);
        return { kind: 'written' as const, eTag: 'e', at: clock() };
      },
    };

    await discardLetter(held(), queue, reason, { clock, objects });

    expect(written).toMatchObject([
      [
        expect.stringContaining('m1-rest') as string,
        {
          ...reason,
          discarded_at: '2026-11-21T10:00:00.000Z',
          queue: 'findings',
          message_id: 'm1-rest',
          finding_id: 'ba3c7561',
          outcome: 'refused',
          reason: 'SlowDown',
          sent_at: '2026-11-20T20:00:00.000Z',
          size_bytes: 4,
          body_sha256: sha256Hex('body'),
          attributes: parked.attributes,
        },
        undefined,
      ],
    ]);
    expect(deleted).toStrictEqual(['m1-rest']);
  });

  it.each([
    ['is deleted where an earlier command has written its record', true, JSON.stringify(reason)],
    ['stays where nobody has', false, undefined],
    ['stays where others have records alone', false, JSON.stringify({ ...reason, who: 'Grace' })],
  ])('%s', async (_, isThere, text) => {
    const { deleted, queue } = createQueue();
    const objects = {
      read: async () => ({
        at: clock(),
        ...(text !== undefined && { found: { text, eTag: 'e', lastModified: clock() } }),
      }),
      write: async () => ({ kind: 'conflict' as const }),
    };
    const discarding = discardLetter(held(), queue, reason, { clock, objects });

    if (isThere) await discarding;
    else await expect(discarding).rejects.toMatchObject({ code: 'NotRecorded' });
    expect(deleted).toStrictEqual(isThere ? ['m1-rest'] : []);
  });
});

describe('a change of chosen messages', () => {
  it('touches no other, shows the others again, and waits between two but not behind the last', async () => {
    const letters = ['a', 'b', 'c'].map((messageId) => held({ messageId, receiptHandle: `r-${messageId}` }));
    const findings = createQueue('findings', letters);
    const rules = createQueue('rules', [held({ messageId: 'd', receiptHandle: 'r-d', queue: 'rules' })]);
    const chosen = [
      summaryOf({ ...parked, messageId: 'a' }),
      summaryOf({ ...parked, messageId: 'c' }),
      summaryOf({ ...parked, messageId: 'd', queue: 'rules' }),
    ];
    const log: string[] = [];
    const change = {
      batch: 10,
      async act({ messageId }: HeldLetter) {
        log.push(messageId);
        return { isGone: messageId !== 'c', result: messageId };
      },
      async pause() {
        log.push('pause');
      },
    };

    const signal = new AbortController().signal;
    for await (const { letter, result } of changeLetters(
      [findings.queue, rules.queue],
      chosen,
      change,
      signal,
    ))
      expect(letter.messageId).toBe(result);

    expect(log.filter((each) => each !== 'pause')).toStrictEqual(['a', 'c', 'd']);
    expect(log.at(-1)).toBe('d');
    expect(log[1]).toBe('pause');
    expect(findings.back).toStrictEqual(['r-b', 'r-c']);
    expect(rules.back).toStrictEqual([]);
  });

  it('asks no queue in which nothing is chosen', async () => {
    const rules = createQueue('rules');
    const asked: string[] = [];
    const count = async () => {
      asked.push('count');
      return rules.queue.count();
    };
    const queue = { ...rules.queue, count };
    const change = { batch: 1, act: async () => ({ isGone: true, result: 0 }), pause: async () => undefined };

    const signal = new AbortController().signal;
    for await (const _ of changeLetters([queue], [summaryOf(parked)], change, signal)) expect.unreachable();
    expect(asked).toStrictEqual([]);
  });
});
