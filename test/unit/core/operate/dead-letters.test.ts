import { describe, expect, it } from 'vitest';
import { changeLetters } from '../../../../src/core/operate/dead-letters/change-letters.ts';
import { summaryOf } from '../../../../src/core/operate/dead-letters/dead-letter.ts';
import { NotDeletedError } from '../../../../src/core/operate/dead-letters/delete-letter.ts';
import { discardLetter } from '../../../../src/core/operate/dead-letters/discard-letter.ts';
import {
  type DeadLetterQueue,
  eachLetter,
  type HeldLetter,
} from '../../../../src/core/operate/dead-letters/each-letter.ts';
import { findLetters } from '../../../../src/core/operate/dead-letters/find-letters.ts';
import { replayLetter } from '../../../../src/core/operate/dead-letters/replay-letter.ts';
import { Killed, mortalCalls } from '../../../support/mortal-calls.ts';

interface Stored {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  hiddenUntil: number;
}

/** Queues and bucket of a command that is killed with its n-th call: before the call, or when it is carried out. */
function createStage(bodies: readonly string[]) {
  const stored: Stored[] = bodies.map((body, index) => ({
    messageId: `m${index}`,
    body,
    attributes: {},
    hiddenUntil: 0,
  }));
  const sent: string[] = [];
  const records = new Map<string, string>();
  let nowMs = 0;
  const { call, start, wasKilled } = mortalCalls();
  const queue: DeadLetterQueue = {
    name: 'findings',
    count: async () =>
      call(() => ({
        visible: stored.filter(({ hiddenUntil }) => hiddenUntil <= nowMs).length,
        all: stored.length,
      })),
    receive: async (count, seconds) =>
      call(() => {
        const letters = stored.filter(({ hiddenUntil }) => hiddenUntil <= nowMs).slice(0, count);
        for (const letter of letters) letter.hiddenUntil = nowMs + seconds * 1_000;
        return letters.map(
          ({ attributes, body, messageId }): HeldLetter => ({
            queue: 'findings',
            messageId,
            body,
            attributes,
            receiptHandle: messageId,
            sentAt: new Date(0),
            receives: 1,
            wasMovedBySqs: false,
          }),
        );
      }),
    giveBack: async (handles) =>
      call(() => {
        for (const letter of stored) if (handles.includes(letter.messageId)) letter.hiddenUntil = 0;
      }),
    delete: async ({ messageId }) =>
      call(() => {
        stored.splice(
          stored.findIndex((letter) => letter.messageId === messageId),
          1,
        );
      }),
  };
  return {
    queue,
    stored,
    sent,
    records,
    now: () => nowMs,
    findings: { send: async (body: string) => call(() => (sent.push(body), 'sent' as const)) },
    objects: {
      read: async (key: string) =>
        call(() => ({
          at: new Date(0),
          ...(records.has(key) && {
            found: { text: records.get(key) ?? '', eTag: 'e', lastModified: new Date(0) },
          }),
        })),
      write: async (key: string, text: string) =>
        call(() => {
          if (records.has(key)) return { kind: 'conflict' as const };
          records.set(key, text);
          return { kind: 'written' as const, eTag: 'e', at: new Date(0) };
        }),
    },
    start,
    /** Everything that was hidden can be received again. */
    later() {
      nowMs += 1_000_000;
    },
    wasKilled,
  };
}

type Stage = ReturnType<typeof createStage>;

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const signal = new AbortController().signal;
const bodies = Array.from({ length: 13 }, (_, index) => `body ${index}`);

async function change(
  stage: Stage,
  act: (letter: HeldLetter, queue: DeadLetterQueue) => Promise<unknown>,
): Promise<number> {
  const chosen = await collect(findLetters([stage.queue], {}, signal));
  const doing = {
    act: async (letter: HeldLetter, queue: DeadLetterQueue) => ({
      isGone: true,
      result: await act(letter, queue),
    }),
    pause: async () => undefined,
    batch: 5,
  };
  return (await collect(changeLetters([stage.queue], chosen, doing, signal))).length;
}

const replayAll = (stage: Stage) =>
  change(stage, (letter, queue) =>
    replayLetter(
      letter,
      queue,
      { findings: stage.findings, keptBody: async () => undefined },
      { force: false },
    ),
  );
const discardAll = (stage: Stage, who = 'Ada') =>
  change(stage, (letter, queue) =>
    discardLetter(letter, queue, { who, why: 'x' }, { objects: stage.objects, clock: () => new Date(0) }),
  );

/** Yields a stage for each call at which the run is killed, and one whose run comes to its end. */
async function* killedAtEach(
  moment: 'before' | 'behind',
  run: (stage: Stage) => Promise<unknown>,
): AsyncGenerator<Stage> {
  for (let call = 1, wasKilled = true; wasKilled; call += 1) {
    const stage = createStage(bodies);
    stage.start(call, moment);
    await run(stage).catch((error: unknown) => {
      expect(error instanceof NotDeletedError ? error.cause : error).toBeInstanceOf(Killed);
    });
    wasKilled = stage.wasKilled();
    yield stage;
    expect(call).toBeLessThan(100);
  }
}

describe.each(['before', 'behind'] as const)(
  'a command killed %s any of its calls and run again',
  (moment) => {
    it('replays every message, and loses none', async () => {
      for await (const stage of killedAtEach(moment, replayAll)) {
        expect(new Set([...stage.sent, ...stage.stored.map(({ body }) => body)]).size).toBe(bodies.length);

        stage.later();
        stage.start();
        await replayAll(stage);

        expect(new Set(stage.sent).size).toBe(bodies.length);
        expect(stage.stored).toEqual([]);
      }
    });

    it('discards every message, and none without its record', async () => {
      for await (const stage of killedAtEach(moment, discardAll)) {
        expect(stage.records.size).toBeGreaterThanOrEqual(bodies.length - stage.stored.length);

        stage.later();
        stage.start();
        await discardAll(stage);

        expect(stage.records.size).toBe(bodies.length);
        expect(stage.stored).toEqual([]);
      }
    });

    it('discards each message with a record of whoever deleted it', async () => {
      for await (const stage of killedAtEach(moment, discardAll)) {
        const left = stage.stored.map(({ messageId }) => messageId);

        stage.later();
        stage.start();
        await discardAll(stage, 'Grace');

        const words = [...stage.records.values()].map(
          (text) => JSON.parse(text) as { readonly who: string; readonly message_id: string },
        );
        const ofGrace = words.filter(({ who }) => who === 'Grace').map(({ message_id: id }) => id);
        expect(ofGrace.toSorted()).toEqual(left.toSorted());
        expect(stage.stored).toEqual([]);
      }
    });
  },
);

describe('a pass over a dead-letter queue', () => {
  const pass = (stage: Stage, gone: ReadonlySet<string> = new Set()) =>
    eachLetter(stage.queue, gone, { signal, now: stage.now });

  it('meets every message once, and shows them again at its end', async () => {
    const stage = createStage(bodies);

    const met = await collect(pass(stage));

    expect(met.map(({ body }) => body)).toEqual(bodies);
    expect(stage.stored.every(({ hiddenUntil }) => hiddenUntil === 0)).toBe(true);
  });

  it('shows them again when it is given up', async () => {
    const stage = createStage(bodies);

    for await (const _ of pass(stage)) break;

    expect(stage.stored.every(({ hiddenUntil }) => hiddenUntil === 0)).toBe(true);
  });

  it('leaves what somebody else may hold by now', async () => {
    const stage = createStage(['one']);

    for await (const _ of pass(stage)) {
      stage.later();
      for (const letter of stage.stored) letter.hiddenUntil = stage.now() + 500;
      break;
    }

    expect(stage.stored).toMatchObject([{ hiddenUntil: stage.now() + 500 }]);
  });

  it('ends although messages come again and again', async () => {
    const stage = createStage(bodies);
    const queue: DeadLetterQueue = {
      ...stage.queue,
      receive: async (count) => stage.queue.receive(count, 0),
      count: async () => ({ visible: bodies.length, all: bodies.length }),
    };

    const met = await collect(eachLetter(queue, new Set(), { signal }));

    expect(met).toHaveLength(10);
  });

  it('ends although workers park faster than it goes', async () => {
    let number = 0;
    const [one] = await collect(pass(createStage(['one'])));
    const queue: DeadLetterQueue = {
      ...createStage([]).queue,
      receive: async () => [{ ...(one as HeldLetter), messageId: String((number += 1)) }],
    };

    expect((await collect(eachLetter(queue, new Set(), { signal }))).length).toBeLessThan(200);
  });

  it('asks again where SQS says too early that there is nothing', async () => {
    const stage = createStage(['one']);
    let asked = 0;
    const queue: DeadLetterQueue = {
      ...stage.queue,
      receive: async (...of) => ((asked += 1) === 1 ? [] : stage.queue.receive(...of)),
    };

    expect(await collect(eachLetter(queue, new Set(), { signal, now: stage.now }))).toHaveLength(1);
  });
});

describe('the attributes of a parked message', () => {
  const letter = {
    queue: 'findings',
    messageId: 'm',
    body: '{"detail":{"id":"f1"}}',
    sentAt: new Date(0),
    receives: 1,
    attributes: {},
    wasMovedBySqs: false,
  } as const;

  it.each([
    [
      'what its worker wrote',
      { Reason: 'locked', Outcome: 'retained', FindingId: 'f2' },
      false,
      'locked',
      'f2',
    ],
    ['the code of EventBridge', { ERROR_CODE: 'NO_PERMISSIONS' }, false, 'NO_PERMISSIONS', 'f1'],
    [
      'that SQS moved it, whatever it was parked for before',
      { Reason: 'locked' },
      true,
      'max-receives',
      'f1',
    ],
    ['nothing', {}, false, 'unknown', 'f1'],
  ])('is %s', (_, attributes, wasMovedBySqs, reason, findingId) => {
    expect(summaryOf({ ...letter, attributes, wasMovedBySqs })).toMatchObject({ reason, findingId });
  });

  it.each(['null', '[]', '{"detail":null}', '{"detail":{"id":"a b"}}', '', '{"sha256":1}', '{"sha256":"x"'])(
    'is no finding and no kept body for the body %s',
    (body) => {
      const said = summaryOf({ ...letter, body });
      expect(said.findingId).toBeUndefined();
      expect(said.keptAt).toBeUndefined();
    },
  );

  it('names a kept body only at the place that follows from its hash', () => {
    const sha256 = 'a'.repeat(64);
    const stub = (keptAt: string) => JSON.stringify({ sha256, kept_at: keptAt });

    expect(summaryOf({ ...letter, body: stub(`rejected/${sha256}`) }).keptAt).toBe(`rejected/${sha256}`);
    expect(summaryOf({ ...letter, body: stub('objects/secret') }).keptAt).toBeUndefined();
  });
});
