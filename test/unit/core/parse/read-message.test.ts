import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../src/core/errors.ts';
import { requestKey } from '../../../../src/core/evidence/keys.ts';
import { formatRequest, requestIdOf } from '../../../../src/core/evidence/requests.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import type { Message } from '../../../../src/core/message.ts';
import { requestBody } from '../../../../src/core/parse/parse-request.ts';
import { readMessage } from '../../../../src/core/parse/read-message.ts';
import { envelope, finding, flaggedObject, macieDetail, message } from '../../../support/findings.ts';

const requestedAt = new Date('2026-11-20T10:00:00Z');
const object = flaggedObject();
const id = requestIdOf(object, requestedAt);
const stored = formatRequest({ id, requestedAt, who: 'Ada', why: 'reported by the owner', object });

/** Reads a message, and what was reported of it. */
function read(
  about: Partial<Message>,
  get: (key: string) => Promise<string | undefined> = async () => undefined,
) {
  const reported: [string, Finding | undefined][] = [];
  const observer = {
    messageRead: (_: Message, findingId: string, whole?: Finding) => void reported.push([findingId, whole]),
  };
  return { reading: readMessage(message(about), { isolationBucket: { get }, observer }), reported };
}

describe('a message', () => {
  it('about a finding is reported with the finding', async () => {
    const { reading, reported } = read({});

    const parsed = await reading;

    expect(parsed.kind).toBe('finding');
    expect(reported).toStrictEqual([[finding().id, parsed.kind === 'finding' ? parsed.finding : 'none']]);
  });

  it('about a finding that is not acted on is reported by its id alone', async () => {
    const { reading, reported } = read({ body: JSON.stringify(envelope(macieDetail({ sample: true }))) });

    expect((await reading).kind).toBe('ignored');
    expect(reported).toStrictEqual([[finding().id, undefined]]);
  });

  it('without an id is not reported', async () => {
    const { reading, reported } = read({ body: 'x' });

    expect((await reading).kind).toBe('rejected');
    expect(reported).toStrictEqual([]);
  });

  it.each([undefined, 'eventbridge', 'backfill'] as const)(
    'of the origin %s names no request, whatever its body says',
    async (origin) => {
      const { reading } = read({ body: requestBody(id), ...(origin && { origin }) }, async () => stored);

      expect(await reading).toMatchObject({ kind: 'rejected', reason: 'not-a-finding' });
    },
  );
});

describe('a message about a request', () => {
  const manual = { body: requestBody(id), origin: 'manual' } as const;

  it('says which object is meant and who asked, and nothing of what is in it', async () => {
    const { reading } = read(manual, async (key) => (key === requestKey(id) ? stored : undefined));

    expect(await reading).toStrictEqual({
      kind: 'finding',
      finding: {
        id,
        createdAt: requestedAt,
        object: { ...object, releaseMark: true },
        detections: [],
        detectionsOmitted: 0,
        omitted: { managed: 1, custom: 1 },
        request: { who: 'Ada', why: 'reported by the owner' },
      },
    });
  });

  it('is read also where it was parked and moved back', async () => {
    const { reading } = read({ ...manual, origin: 'replay' }, async () => stored);

    expect(await reading).toMatchObject({ kind: 'finding', finding: { id } });
  });

  it('that was moved back is a finding where its body names no request', async () => {
    expect(await read({ origin: 'replay' }).reading).toMatchObject({
      kind: 'finding',
      finding: { id: finding().id },
    });
  });

  it.each([
    ['no JSON', 'x'],
    ['another version', JSON.stringify({ version: 2, request: id })],
    ['no id', JSON.stringify({ version: 1, request: 'x' })],
    ['a finding', JSON.stringify(envelope())],
  ])('of an operator that holds %s is rejected, and nothing is read for it', async (_, body) => {
    const keys: string[] = [];
    const { reading, reported } = read({ body, origin: 'manual' }, async (key) => void keys.push(key));

    expect(await reading).toStrictEqual({
      kind: 'rejected',
      reason: 'not-confirmed',
      unconfirmed: { why: 'no-request' },
    });
    expect(keys).toStrictEqual([]);
    expect(reported).toStrictEqual([]);
  });

  it('is reported by its id before the bucket is asked, so that the lines of a failure name it', async () => {
    const { reading, reported } = read(manual, () => Promise.reject(new RetryableError('SlowDown', 'later')));

    await expect(reading).rejects.toMatchObject({ code: 'SlowDown' });
    expect(reported).toStrictEqual([[id, undefined]]);
  });

  it.each([
    ['is not there', undefined],
    ['cannot be understood', 'x'],
  ])('that %s is rejected, and keeps its id', async (_, text) => {
    const about = message(manual);

    expect(await read(manual, async () => text).reading).toStrictEqual({
      kind: 'rejected',
      reason: 'not-confirmed',
      unconfirmed: { why: 'no-request' },
      findingId: id,
      createdAt: about.sentAt,
    });
  });
});
