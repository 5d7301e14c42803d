import { describe, expect, it } from 'vitest';
import type { FindingsArchive } from '../../../../src/core/operate/list-findings.ts';
import { type Comparison, compareFindings } from '../../../../src/core/operate/reconcile/compare-findings.ts';
import { daysOf } from '../../../../src/core/operate/reconcile/days.ts';
import { eventBody } from '../../../../src/core/operate/reconcile/event-body.ts';
import { stateOf } from '../../../../src/core/operate/reconcile/finding-state.ts';
import { sendFindings } from '../../../../src/core/operate/reconcile/send-findings.ts';
import type { EvidenceReader } from '../../../../src/core/operate/records/evidence-reader.ts';
import { outcomes } from '../../../../src/core/outcome.ts';
import { parseFinding } from '../../../../src/core/parse/parse-finding.ts';
import { macieDetail } from '../../../support/findings.ts';
import { Killed, mortalCalls } from '../../../support/mortal-calls.ts';

const since = new Date('2026-11-01T12:00:00Z');
const until = new Date('2026-11-04T12:00:00Z');
const signal = new AbortController().signal;

describe('the state of a finding', () => {
  it.each<[string, readonly string[], string]>([
    ['no record', [], 'no-record'],
    ['an isolation after a refusal', ['refused', 'isolated'], 'done'],
    ['a refusal after it was held', ['held', 'refused'], 'readable'],
    ['what was held after a dry run', ['dry_run', 'held'], 'held'],
    ['a dry run', ['dry_run'], 'dry-run'],
    ['an outcome of a later version', ['teleported'], 'done'],
  ])('with %s is told', (_, names, state) => {
    expect(stateOf(names)).toBe(state);
  });

  it('is not `no record` for any outcome', () => {
    for (const name of Object.keys(outcomes)) expect(stateOf([name]), name).not.toBe('no-record');
  });

  it('is `done` for no outcome that missed the objective or that parked its message', () => {
    for (const [name, { objective, settledBy }] of Object.entries(outcomes)) {
      if (objective === 'missed' || settledBy === 'park') expect(stateOf([name]), name).not.toBe('done');
    }
  });
});

describe('the days of a span', () => {
  it('are those in UTC, the first and the last cut', () => {
    expect(
      daysOf({ since, until }).map((one) => [one.day, one.since.toISOString(), one.until.toISOString()]),
    ).toEqual([
      ['2026-11-01', '2026-11-01T12:00:00.000Z', '2026-11-02T00:00:00.000Z'],
      ['2026-11-02', '2026-11-02T00:00:00.000Z', '2026-11-03T00:00:00.000Z'],
      ['2026-11-03', '2026-11-03T00:00:00.000Z', '2026-11-04T00:00:00.000Z'],
      ['2026-11-04', '2026-11-04T00:00:00.000Z', '2026-11-04T12:00:00.000Z'],
    ]);
  });

  it('are none where the span is empty', () => {
    expect(daysOf({ since, until: since })).toEqual([]);
  });
});

describe('the body of a message', () => {
  it('is an event that the worker reads as the finding, in ASCII whatever the key is', () => {
    const key = 'in/\ufffe\u{1f600}\u0000\u2028.csv';
    const detail = { ...macieDetail({}, { key }), id: 'f1' };
    const createdAt = new Date('2026-11-01T13:00:00.123Z');
    const body = eventBody({ id: 'f1', createdAt, body: JSON.stringify(detail) });

    expect(body).toMatch(/^[\u0020-\u007e]*$/);
    const parsed = parseFinding(body, new Date(0));
    expect(parsed).toEqual(parseFinding(JSON.stringify(detail), new Date(0)));
    expect(parsed).toMatchObject({ kind: 'finding', finding: { object: { key } } });
  });
});

const idOf = (index: number) => index.toString(16).padStart(32, '0');
const allIds = Array.from({ length: 7 }, (_, index) => idOf(index));

/** Macie, records and queue of a command that is killed with its n-th call: before the call, or when it is made. */
function createStage() {
  const sent: string[] = [];
  const { call, start, wasKilled } = mortalCalls();
  const createdAt = (index: number) => new Date(since.getTime() + index * 8 * 3_600_000);
  const archive: FindingsArchive = {
    ids: async ({ since: from, token, until: to }) =>
      call(() => {
        const ids = allIds.filter((_, index) => createdAt(index) >= from && createdAt(index) < to);
        const start = Number(token ?? 0);
        const next = start + 2 < ids.length ? { next: String(start + 2) } : {};
        return { ids: ids.slice(start, start + 2), ...next };
      }),
    get: async (_, ids) =>
      call(
        () =>
          new Map(
            ids.map((id) => {
              const at = createdAt(Number.parseInt(id, 16));
              const body = JSON.stringify({ ...macieDetail({ createdAt: at.toISOString() }), id });
              return [id, { id, createdAt: at, body }];
            }),
          ),
      ),
  };
  const evidence: EvidenceReader = {
    folders: async () => [],
    // What was sent has a record by the next run.
    async *keys(prefix) {
      const keys = call(() =>
        [...new Set(sent)].map((id) => {
          const day = createdAt(Number.parseInt(id, 16)).toISOString().slice(0, 10);
          return `records/dt=${day}/${id}.isolated.json`;
        }),
      );
      yield* keys.filter((key) => key.startsWith(prefix));
    },
    get: async () => undefined,
  };
  return {
    sent,
    async backfill(...killed: Parameters<typeof start>) {
      start(...killed);
      const compared = compareFindings(
        { archive, evidence },
        { regions: ['eu-central-1'], since, until },
        { withOrphans: false },
      );
      const sender = {
        send: async (body: string) =>
          call(() => {
            sent.push((JSON.parse(body) as { detail: { id: string } }).detail.id);
            return 'sent' as const;
          }),
      };
      const choice = {
        states: new Set(['no-record'] as const),
        matches: () => true,
        pace: async () => undefined,
        sender,
      };
      for await (const _ of sendFindings(compared, choice, signal));
    },
    wasKilled,
  };
}

describe('an id that Macie lists and does not give', () => {
  it.each<[string, readonly string[]]>([
    ['without a record', []],
    ['with a record', ['isolated']],
  ])('has a state of its own %s, and is told once', async (_, names) => {
    const [given = '', missing = ''] = allIds;
    const createdAt = new Date('2026-11-02T08:00:00Z');
    const archive: FindingsArchive = {
      ids: async ({ since: from, until: to }) => ({
        ids: createdAt >= from && createdAt < to ? [given, missing] : [],
      }),
      get: async (_region, ids) =>
        new Map(ids.includes(given) ? [[given, { id: given, createdAt, body: '{}' }]] : []),
    };
    const evidence: EvidenceReader = {
      folders: async () => [],
      async *keys(prefix) {
        const keys = names.map((name) => `records/dt=2026-11-02/${missing}.${name}.json`);
        yield* keys.filter((key) => key.startsWith(prefix));
      },
      get: async () => undefined,
    };
    const span = { regions: ['eu-central-1'], since, until };

    const compared: Comparison[] = [];
    for await (const one of compareFindings({ archive, evidence }, span, { withOrphans: true })) {
      compared.push(one);
    }

    expect(compared).toEqual([
      expect.objectContaining({ state: 'no-record', findingId: given }),
      { state: 'not-given', findingId: missing, day: '2026-11-02', outcomes: names },
    ]);
  });
});

describe.each(['before', 'behind'] as const)(
  'a backfill killed %s any of its calls and run again',
  (moment) => {
    it('sends every finding', async () => {
      for (let call = 1, wasKilled = true; wasKilled; call += 1) {
        const stage = createStage();
        await stage.backfill(call, moment).catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
        wasKilled = stage.wasKilled();

        await stage.backfill();

        expect([...new Set(stage.sent)].toSorted()).toEqual(allIds);
        expect(stage.sent).toHaveLength(allIds.length);
        expect(call).toBeLessThan(100);
      }
    });
  },
);
