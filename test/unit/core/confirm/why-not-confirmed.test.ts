import { describe, expect, it } from 'vitest';
import { whyNotConfirmed } from '../../../../src/core/confirm/confirm-finding.ts';
import { findingAtMacie } from '../../../../src/core/confirm/finding-at-macie.ts';
import type { FindingAtMacie } from '../../../../src/core/findings-confirmer.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { finding, macieDetail, message } from '../../../support/findings.ts';

const createdAt = new Date('2026-11-20T12:00:00.000Z');
const minutes = 60_000;
const days = 24 * 60 * minutes;

/** What is said of a finding that is `age` old, where Macie tells this. */
async function ask(age: number, told: FindingAtMacie | undefined, about = finding({ createdAt })) {
  const { ports } = createFakeWorld();
  const asked: string[] = [];
  const why = whyNotConfirmed(
    about,
    message({ sentAt: createdAt }),
    {
      ...ports,
      clock: () => new Date(createdAt.getTime() + age),
      confirmer: {
        async find(id) {
          asked.push(id);
          return told;
        },
      },
    },
    ['us-east-1'],
  );
  return { why: await why.catch((error: unknown) => error), asked };
}

describe('a finding that Macie does not know', () => {
  const tooYoung = { code: 'FindingNotKnownYet', message: 'Macie does not know the finding yet' };

  it.each([
    [0, tooYoung],
    [15 * minutes - 1, tooYoung],
    [15 * minutes, { why: 'unknown' }],
    [90 * days - 1, { why: 'unknown' }],
    [90 * days, { why: 'expired' }],
  ])('is, after %d ms, %j', async (age, why) => {
    expect((await ask(age, undefined)).why).toMatchObject(why);
  });
});

describe('a finding that Macie knows', () => {
  const { id, object, type, severity } = finding();
  const same = { id, object, ...(type && { type }), ...(severity && { severity }) };

  it('is confirmed whatever its age, also if its ETag has other capitals', async () => {
    const capitals = { ...same, object: { ...object, eTag: object.eTag?.toUpperCase() ?? '' } };

    expect((await ask(0, same)).why).toBeUndefined();
    expect((await ask(91 * days, capitals)).why).toBeUndefined();
  });

  it('is not confirmed where several of its fields differ, and all of them are named', async () => {
    const other = { accountId: '999900001111', bucket: 'b', key: 'k', versionId: 'v', eTag: 'e' };

    expect((await ask(0, { id: 'x', object: other })).why).toStrictEqual({
      why: 'differs',
      fields: ['id', 'type', 'severity', 'account', 'bucket', 'key', 'version', 'ETag'],
    });
  });

  it('is not asked about where an operator requested it', async () => {
    const requested = finding({ createdAt, request: { who: 'Ada', why: 'reported' } });

    expect(await ask(15 * minutes, undefined, requested)).toStrictEqual({ why: undefined, asked: [] });
  });
});

describe('a finding at Macie', () => {
  it('is told by what identifies it, also where it is archived', () => {
    const told = findingAtMacie(macieDetail({ archived: true }));

    const { sizeBytes: _, ...object } = finding().object;
    expect(told).toMatchObject({ id: finding().id, type: finding().type, severity: 'High', object });
    expect(Object.keys(told).toSorted()).toStrictEqual(['id', 'object', 'severity', 'type']);
    expect(findingAtMacie(macieDetail({ severity: null }))).not.toHaveProperty('severity');
  });

  it.each([
    { sample: true },
    { category: 'POLICY' },
    { type: null },
    { resourcesAffected: null },
    { id: null },
  ])('is nothing to act on: %j', (overrides) => {
    expect(findingAtMacie(macieDetail(overrides))).toBe('not-actionable');
  });
});
