import { describe, expect, it } from 'vitest';
import type { Unconfirmed } from '../../../../src/core/confirmation.ts';
import type { Fence } from '../../../../src/core/fences.ts';
import type { IsolationResult } from '../../../../src/core/isolation.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import type { AlertInput } from '../../../../src/core/tell/alert-input.ts';
import { alertFor } from '../../../../src/core/tell/alert-text.ts';
import { finding } from '../../../support/findings.ts';

/** What is the case, what goes into the subject, and the sentences that say what to do. */
function told(outcome: Outcome, isolation: Partial<IsolationResult> = {}, more: Partial<AlertInput> = {}) {
  const { email, json, subject } = alertFor({
    finding: finding({ id: 'f1' }),
    outcome,
    isolation,
    isolationBucket: 'isolation',
    messageId: 'm1',
    ...more,
  });
  const { summary } = JSON.parse(json) as { readonly summary: string };
  return { summary, subject, todo: email.split('\n')[1] };
}

const copy = {
  key: 'objects/copy@v1',
  madeNow: true,
  provenance: {
    findingId: 'f1',
    sourceETag: 'e',
    sizeBytes: 1,
    checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
    isolatedAt: '2026-11-20T20:00:00.000Z',
    serviceVersion: '1.2.3',
  },
} as const;
const noVersions = { removedVersions: [], remainingVersions: [], uncomparedVersions: [] };
const untouched = (uncomparedVersions: readonly string[]) =>
  ({ kind: 'untouched', ...noVersions, uncomparedVersions }) as const;
const locked = { kind: 'retained', reason: 'locked', ...noVersions, remainingVersions: ['v1'] } as const;
const fenced = (fence: Fence) => ({ fence: { fence, at: new Date(0), unfencedVersions: [] } });

const show = 'The whole story: `macie-isolator show f1`.';
const mend =
  'See the cause with `macie-isolator show f1`, repair it, then `macie-isolator dlq replay --finding f1`.';
const lookAtOthers =
  'Look at the versions and replicas named below: they may hold the same data and are STILL READABLE.';
const waits =
  'The message waits in the dead-letter queue with its reason (without DEAD_LETTER_QUEUE_URL, the redrive policy moves it there later).';

/** Whole texts, so that a change of any word is seen. */
describe('what an alert says', () => {
  it.each<[string, Outcome, Partial<IsolationResult>, summary: string, todo: string]>([
    [
      'an isolated object',
      { name: 'isolated' },
      {},
      'Object isolated',
      'The data can no longer be read. Nothing has to be done. If it is no personal data, put it back: `macie-isolator release f1`.',
    ],
    [
      'an isolated object with other versions',
      { name: 'isolated' },
      { removal: untouched(['v1']) },
      'Object isolated, some versions not compared',
      `The data may still be readable. ${lookAtOthers} ${show}`,
    ],
    [
      'an object that was isolated before',
      { name: 'already_isolated' },
      {},
      'Object was isolated before',
      `The data can no longer be read. Nothing has to be done. ${show}`,
    ],
    [
      'an object that was isolated before, with other versions',
      { name: 'already_isolated' },
      { removal: untouched(['v1']) },
      'Object was isolated before',
      `The data may still be readable. ${lookAtOthers} ${show}`,
    ],
    [
      'a dry run that did not look',
      { name: 'dry_run' },
      {},
      'Dry run: object would be isolated',
      `This is a dry run: neither a copy nor a delete was tried. The data may still be readable. ${show}`,
    ],
    [
      'a dry run of an object that would be refused',
      { name: 'dry_run' },
      { rehearsal: { expected: { name: 'refused', reason: 'sse-c' }, wouldRemove: [], read: {} } },
      'Dry run: would end as refused (sse-c)',
      `This is a dry run: neither a copy nor a delete was tried. The data may still be readable. ${show}`,
    ],
    [
      'a dry run that found a copy',
      { name: 'dry_run' },
      { copy },
      'Dry run: object would be isolated',
      `This is a dry run: nothing was done now. An earlier delivery had begun: there is a copy, and the source may be gone. ${show}`,
    ],
    [
      'an object that stays',
      { name: 'alerted' },
      {},
      'Sensitive data found, object kept',
      `The policy leaves this object where it is. The data may still be readable. Decide whether it may stay; if not, isolate it with \`macie-isolator isolate\`. ${show}`,
    ],
    [
      'an object that is fenced and stays',
      { name: 'alerted' },
      fenced('fenced'),
      'Sensitive data found, object fenced',
      `The policy leaves this object where it is. The object is fenced: nobody but the roles that the fence spares can read it. Decide whether it may stay; if not, isolate it with \`macie-isolator isolate\`. ${show} Take the fence away with \`macie-isolator fence lift f1\`.`,
    ],
    [
      'an object whose fence is not proved',
      { name: 'alerted' },
      fenced('tagged'),
      'Sensitive data found, object kept',
      `The policy leaves this object where it is. The data may still be readable. Decide whether it may stay; if not, isolate it with \`macie-isolator isolate\`. ${show} The object has the tag isolator-fenced, but nobody has proved that this keeps anybody from reading it: run \`macie-isolator fence check\` with the bucket.`,
    ],
    [
      'a finding that is ignored',
      { name: 'ignored', reason: 'rule' },
      {},
      'Finding ignored',
      `The policy leaves this object where it is. Decide whether it may stay. ${show}`,
    ],
    [
      'an object that was released',
      { name: 'released' },
      {},
      'Object was released by a person',
      `Nothing has to be done. A person put these very bytes back. ${show}`,
    ],
    [
      'an object that changed',
      { name: 'changed' },
      {},
      'Object changed since the scan, the new one untouched',
      `The data can no longer be read: what Macie flagged is no longer there. If what lies there now matters, let Macie scan it. ${show}`,
    ],
    [
      'an object that is gone',
      { name: 'gone', reason: 'source-absent' },
      {},
      'Object is gone and no verified copy exists',
      `The data can no longer be read: somebody removed the object before it could be isolated. Ask its owner where the data went. ${show}`,
    ],
    [
      'an object that could not be removed',
      { name: 'retained', reason: 'locked' },
      { copy, removal: locked },
      'Copied, but the source could not be removed (locked)',
      `The data is STILL EXPOSED at the source. ${waits} ${mend}`,
    ],
    [
      'an object that could not be removed, and cannot be fenced',
      { name: 'retained', reason: 'locked' },
      { copy, removal: locked, ...fenced('open') },
      'Copied, but the source could not be removed (locked)',
      `The data is STILL EXPOSED at the source. ${waits} ${mend} The object may NOT be fenced: S3 refused the tag isolator-fenced, or did not say whether the tag is there. Let the worker's role tag the objects of the bucket.`,
    ],
    [
      'an object that may be removed',
      { name: 'retained', reason: 'delete-denied' },
      { copy },
      'Copied, but the source may still be there (delete-denied)',
      `The data may still be readable at the source. ${waits} ${mend}`,
    ],
    [
      'an object that could not be copied',
      { name: 'refused', reason: 'unverifiable-size' },
      {},
      'Object NOT isolated (unverifiable-size)',
      `The data is STILL EXPOSED. ${waits} ${mend}`,
    ],
    [
      'an object that may be isolated',
      { name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' },
      {},
      'Object may NOT be isolated (retries-exhausted)',
      `The data may still be readable. ${waits} ${mend}`,
    ],
    [
      'an object that the limit of a rule held',
      { name: 'held', reason: 'rule-limit' },
      {},
      'Object NOT isolated, a limit is reached (rule-limit)',
      `The data is STILL EXPOSED. Nothing was done to the object, and the finding is not tried again by itself. If the rule is right, send it again: \`macie-isolator reconcile --send-held\`. ${show}`,
    ],
    [
      'an object that the limit of its bucket held, and that has too many tags for a fence',
      { name: 'held', reason: 'bucket-limit' },
      fenced('no-room'),
      'Object NOT isolated, a limit is reached (bucket-limit)',
      `The data is STILL EXPOSED. The object was not isolated, and the finding is not tried again by itself. If the bucket is right, send it again: \`macie-isolator reconcile --send-held\`. ${show} The object could NOT be fenced: it has ten tags, and S3 takes no more. Take one away, or isolate the object in another way.`,
    ],
  ])('of %s', (_, outcome, isolation, summary, todo) => {
    expect(told(outcome, isolation)).toMatchObject({ summary, todo });
  });

  it.each<[Outcome]>([
    [{ name: 'isolated' }],
    [{ name: 'already_isolated' }],
    [{ name: 'changed' }],
    [{ name: 'gone', reason: 'source-absent' }],
  ])('of a source that nobody could list in the end sends people there: %o', (outcome) => {
    expect(told(outcome, { unseen: true }).todo).toBe(
      `The data may still be readable: nobody could list the versions of the object in the end, and others may hold the same data. Look at them, or let Macie scan the object. ${show}`,
    );
  });

  const request = `manual-${'a'.repeat(32)}`;

  it('of a request that a limit held names the command that sends it again', () => {
    const { todo } = told(
      { name: 'held', reason: 'bucket-limit' },
      {},
      { finding: finding({ id: request }) },
    );

    expect(todo).toBe(
      `The data is STILL EXPOSED. Nothing was done to the object, and the request is not tried again by itself. If the bucket is right, send it again: \`macie-isolator isolate\`. The whole story: \`macie-isolator show ${request}\`.`,
    );
  });

  it('of an object that an exception keeps names the exception, and no command that would end in the same way', () => {
    const exception = { name: 'case.4711', reason: 'litigation hold' };
    const decision = { action: 'alert', rule: 'manual', exception } as const;
    const { todo } = told({ name: 'alerted' }, {}, { decision });

    expect(todo).toBe(
      `The policy leaves this object where it is. The data may still be readable. The exception case[.]4711 of the policy keeps it. Decide whether it may stay; if not, change the exception first. ${show}`,
    );
  });

  const byFence = { decision: { action: 'fence', rule: 'low' } } as const;

  it('of a policy that fences says that nothing was fenced where nothing was found to fence', () => {
    expect(told({ name: 'alerted' }, {}, byFence)).toMatchObject({
      summary: 'Sensitive data found, nothing fenced',
      todo: `The policy fences this object, but NOTHING was fenced: what Macie flagged is no longer there, or a person released it. The data may still be readable. If what lies there now matters, let Macie scan it. ${show}`,
    });
  });

  it.each(['fenced', 'tagged', 'open', 'no-room'] as const)(
    'of a policy that fences says nothing of the kind where the fence is %s',
    (fence) => {
      expect(told({ name: 'alerted' }, fenced(fence), byFence).todo).toMatch(
        /^The policy leaves this object/,
      );
    },
  );

  const forged = 'Somebody forged it, or it was sent by mistake.';

  it.each<[Unconfirmed, string]>([
    [
      { why: 'differs', fields: ['bucket', 'key'] },
      `Macie has another finding under this id; these differ: bucket, key. ${forged} `,
    ],
    [
      { why: 'no-request' },
      `The message is about the request of an operator, and no operator has put such a request. ${forged} `,
    ],
    [{ why: 'unknown' }, `Macie does not know this finding. ${forged} `],
    [
      { why: 'expired' },
      'Macie does not know this finding, which is older than 90 days: Macie keeps findings for 90 days only, so nobody can confirm it any more. Let Macie scan the object again. If Macie never had the finding, somebody forged it, or it was sent by mistake. ',
    ],
  ])('of a finding that nobody confirms: %j', (unconfirmed, why) => {
    expect(told({ name: 'rejected', reason: 'not-confirmed' }, { unconfirmed })).toMatchObject({
      summary: 'Message rejected (not-confirmed)',
      todo: `${why}${waits} No object was touched. Look at it: \`macie-isolator dlq show f1\`.`,
    });
  });

  it.each<[Partial<IsolationResult>, string]>([
    [{ removal: locked }, 'NOT removed: locked'],
    [{}, 'Maybe NOT removed: locked'],
    [{ removal: locked, unseen: true }, 'Maybe NOT removed: locked'],
  ])('in the subject of what was copied and stays: %j', (isolation, short) => {
    const { subject } = told({ name: 'retained', reason: 'locked' }, isolation);

    expect(subject).toBe(`[macie-isolator] High Multiple, account 444455556666: ${short}`);
  });
});
