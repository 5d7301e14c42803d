import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordKey } from '../../../../src/core/evidence/keys.ts';
import type { IsolationResult } from '../../../../src/core/isolation.ts';
import {
  type Outcome,
  type OutcomeName,
  outcomeReasons,
  outcomes,
  readableAfter,
} from '../../../../src/core/outcome.ts';
import type { AlertInput } from '../../../../src/core/tell/alert-input.ts';
import { alertFor } from '../../../../src/core/tell/alert-text.ts';
import { anyCharacter } from '../../../support/any-character.ts';
import { everyOutcome } from '../../../support/every-outcome.ts';
import { storedObject } from '../../../support/fake-stored-object.ts';
import { finding, flaggedKey, flaggedObject } from '../../../support/findings.ts';

function input(overrides: Partial<AlertInput> = {}): AlertInput {
  return {
    finding: finding(),
    outcome: { name: 'isolated' },
    decision: { action: 'isolate', rule: 'high-severity' },
    isolationBucket: 'isolation',
    messageId: 'm-1',
    recordKey: recordKey(finding(), { name: 'isolated' }),
    ...overrides,
  };
}

function isolationWith(touched: { readonly uncomparedVersions?: readonly string[] }): IsolationResult {
  const copy = {
    key: 'objects/copy@v1',
    madeNow: true,
    provenance: {
      findingId: 'f',
      sourceETag: 'e',
      sizeBytes: 1,
      checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' as const },
      isolatedAt: '2026-11-20T20:00:00.000Z',
      serviceVersion: '1.2.3',
    },
  };
  const versions = { removedVersions: ['v2'], remainingVersions: [], uncomparedVersions: [], ...touched };
  return { outcome: { name: 'isolated' }, copy, removal: { kind: 'removed', ...versions } };
}

const hostileKey = 'bucket-secret\r\nSubject: forged\u0000\u001b[31m\u007f\u0085\u200f\u202egnp\u2066x\u2028';

/** What is the case, and what a person is to think of it. */
const told: Record<OutcomeName, [headline: RegExp, advice: RegExp]> = {
  isolated: [/^Object isolated: /, /^The data can no longer be read\. Nothing has to be done\..*release/],
  already_isolated: [/isolated before: /, /Nothing has to be done\./],
  dry_run: [/would be isolated: /, /^This is a dry run/],
  alerted: [/found, object kept: /, /^The policy leaves.*isolate/],
  ignored: [/ignored: /, /^The policy leaves/],
  released: [/released by a person: /, /person put these very bytes back/],
  changed: [/changed since the scan/, /let Macie scan it/],
  gone: [/is gone/, /: somebody removed the object/],
  retained: [/^Copied, but the source/, /^The data .* at the source\..*dlq replay --finding/],
  refused: [/^Object (may )?NOT (be )?isolated/, /^The data .*\. The message waits.*dlq replay --finding/],
  held: [/NOT isolated, a limit is reached/, /^The data is STILL EXPOSED.*send-held/],
  rejected: [/^Message rejected/, /No object was touched\..*dlq show/],
};

const noVersionsTouched = { removedVersions: [], remainingVersions: [], uncomparedVersions: [] };
const exposure = {
  yes: 'The data is STILL EXPOSED',
  no: 'The data can no longer be read',
  unknown: 'The data may still be readable',
};

describe('an alert', () => {
  it.each(everyOutcome)(
    'of $name $reason says in two lines what is the case, what to do, and the command that does it',
    (outcome) => {
      const [headline, advice] = told[outcome.name];
      const lines = alertFor(input({ outcome })).email.split('\n');

      expect(lines[0]).toMatch(headline);
      expect(lines[0]).toMatch(
        /: 3 x employee-id, 2 x NAME in .+ of bucket member-data, account 444455556666\.$/,
      );
      expect(lines[1]).toMatch(advice);
      expect(lines[1]).toMatch(/`macie-isolator [a-z]+.*`/);
      expect(lines[1]).toContain(outcome.name === 'held' ? 'show' : finding().id);
      expect(lines[2]).toBe('');
    },
  );

  const removal = {
    kind: 'retained',
    reason: 'locked',
    removedVersions: [],
    remainingVersions: ['v1'],
    uncomparedVersions: [],
  } as const;

  it.each<[string, Outcome, Partial<IsolationResult>, string, string]>([
    [
      'the source was asked',
      { name: 'retained', reason: 'locked' },
      { removal },
      'Copied, but the source could not be removed (locked)',
      'The data is STILL EXPOSED at the source.',
    ],
    [
      'the source could not be asked',
      { name: 'retained', reason: 'delete-denied' },
      {},
      'Copied, but the source may still be there (delete-denied)',
      'The data may still be readable at the source.',
    ],
    [
      'a try may have gone well',
      { name: 'retained', reason: 'retries-exhausted', lastError: 'SlowDown' },
      { removal },
      'Copied, but the source may still be there (retries-exhausted)',
      'The data may still be readable at the source.',
    ],
    [
      'nothing was done',
      { name: 'refused', reason: 'verification-failed' },
      {},
      'Object NOT isolated (verification-failed)',
      'The data is STILL EXPOSED.',
    ],
    [
      'only who has the key can read it',
      { name: 'refused', reason: 'sse-c' },
      {},
      'Object NOT isolated (sse-c)',
      'The data may still be readable.',
    ],
    [
      'there is no bucket any more',
      { name: 'refused', reason: 'no-such-bucket' },
      {},
      'Object NOT isolated (no-such-bucket)',
      'The data can no longer be read.',
    ],
    [
      'a try may have gone well',
      { name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' },
      {},
      'Object may NOT be isolated (retries-exhausted)',
      'The data may still be readable.',
    ],
  ])('claims no more than is known: where %s', (_, outcome, known, headline, advice) => {
    const { email } = alertFor(input({ outcome, isolation: known }));

    expect(email.startsWith(`${headline}: `)).toBe(true);
    expect(email).toContain(`\n${advice} The message waits`);
  });

  it.each(everyOutcome)('has a text for $name $reason', (outcome) => {
    const alert = alertFor(input({ outcome }));

    expect(alert.email).not.toContain('undefined');
    expect(alert.subject).not.toContain('undefined');
    for (const line of alert.email.split('\n').slice(0, 2)) expect(line).toMatch(/^[A-Z].*\.$/);
  });

  it.each(everyOutcome)(
    'of $name $reason has a subject, an SMS and attributes as SNS takes them',
    (outcome) => {
      const long = finding({ type: `SensitiveData:S3Object/${'N'.repeat(100)}`, id: 'f'.repeat(128) });
      const alert = alertFor(
        input({ outcome, finding: long, decision: { action: 'isolate', rule: 'r'.repeat(500) } }),
      );

      expect(alert.subject).toMatch(/^[\u0020-\u007e]{1,99}$/);
      expect(alert.sms).toMatch(/^[\u0020-\u007e]{1,140}$/);
      for (const value of Object.values(alert.attributes)) expect(value).toMatch(/^[\u0020-\u007e]{1,256}$/);
    },
  );

  it.each(outcomeReasons.retained)('says in the subject why what was copied is still there: %s', (reason) => {
    const outcome = { name: 'retained', reason } as Outcome;
    const versions = { removedVersions: [], remainingVersions: ['v1'], uncomparedVersions: [] };
    const removal = { kind: 'retained', reason: 'locked', ...versions } as const;
    const { subject } = alertFor(input({ outcome, isolation: { removal } }));

    expect(subject).toMatch(new RegExp(`NOT removed: ${reason}$`));
  });

  it('says in the subject that versions could not be compared', () => {
    const isolation = isolationWith({ uncomparedVersions: ['v1'] });

    expect(alertFor(input({ isolation })).subject).toContain(': Object isolated, some versions not compared');
  });

  it('names a type without categories whole', () => {
    const about = finding({ type: 'SensitiveData:Novelty' });

    expect(alertFor(input({ finding: about })).subject).toContain(' High SensitiveData:Novelty, account ');
  });

  it('names the finding where nothing is known of its object', () => {
    const { subject, sms } = alertFor({
      finding: { id: 'f1', createdAt: new Date('2026-11-20T19:46:53.031Z') },
      outcome: { name: 'rejected', reason: 'unsupported-type' },
      isolationBucket: 'isolation',
      messageId: 'm-1',
    });

    expect(subject).toBe('[macie-isolator] Message rejected (unsupported-type)');
    expect(sms).toBe('macie-isolator: Message rejected (unsupported-type). finding f1');
  });

  it('says in subject and SMS what is the case, how severe, and where', () => {
    const { subject, sms } = alertFor(input());

    expect(subject).toBe('[macie-isolator] High Multiple, account 444455556666: Object isolated');
    expect(sms).toBe(
      `macie-isolator: Object isolated. High Multiple, account 444455556666, finding ${finding().id}`,
    );
  });

  it.each<[string, Partial<AlertInput>]>([
    ['versions that could not be compared', { isolation: isolationWith({ uncomparedVersions: ['v1'] }) }],
    [
      'replicas',
      { isolation: { ...isolationWith({}), source: storedObject('x', { replicationStatus: 'COMPLETED' }) } },
    ],
  ])('does not say that nothing has to be done where there are %s', (_, more) => {
    expect(alertFor({ ...input(), ...more }).email).toContain('STILL READABLE');
    expect(alertFor(input()).email).toContain('Nothing has to be done');
  });

  it('of a dry run says so where an earlier delivery had begun', () => {
    const { email } = alertFor({ ...input({ outcome: { name: 'dry_run' } }), isolation: isolationWith({}) });

    expect(email).not.toContain('neither a copy nor a delete was tried');
    expect(email).toContain('the source may be gone');
  });

  it('leaves out facts that are not known', () => {
    const { subject, sms } = alertFor({
      outcome: { name: 'rejected', reason: 'not-json' },
      isolationBucket: 'isolation',
      messageId: 'm-1',
    });

    expect(subject).toBe('[macie-isolator] Message rejected (not-json)');
    expect(sms).toBe('macie-isolator: Message rejected (not-json). message m-1');
  });

  it('has neither bucket nor key in subject, SMS or attributes', () => {
    const object = flaggedObject({ bucket: 'bucket-secret', key: 'key-secret' });
    for (const outcome of everyOutcome) {
      const { subject, sms, attributes } = alertFor(input({ outcome, finding: finding({ object }) }));
      expect(JSON.stringify([subject, sms, attributes])).not.toMatch(/secret/);
    }
  });

  it('carries what filter policies choose by', () => {
    expect(alertFor(input()).attributes).toEqual({
      severity: 'High',
      outcome: 'isolated',
      type: 'SensitiveData:S3Object/Multiple',
      account: '444455556666',
      rule: 'high-severity',
    });
  });

  it('has the attribute values None, unknown and none for facts that are not known', () => {
    const alert = alertFor({
      outcome: { name: 'rejected', reason: 'not-json' },
      isolationBucket: 'i',
      messageId: 'm-1',
    });

    expect(alert.attributes).toEqual({
      severity: 'None',
      outcome: 'rejected',
      type: 'unknown',
      account: 'unknown',
      rule: 'none',
    });
    expect(alert.sms).toContain('message m-1');
    expect(alert.email).toContain('message id: m-1');
  });

  it('replaces what is not printable ASCII in a rule name', () => {
    const decision = { action: 'alert', rule: 'règle\n1' } as const;

    expect(alertFor(input({ decision })).attributes.rule).toBe('r?gle?1');
  });

  it('tells in the e-mail which object it is about and where record and copy are', () => {
    const copy = { key: 'objects/copy@v1', madeNow: true, provenance: { leftBehind: ['tags'] } } as never;
    const { email } = alertFor(input({ isolation: { copy } }));

    expect(email).toContain('bucket: member-data\n');
    expect(email).toContain(`key: ${flaggedKey.replace('.', '[.]')}\n`);
    expect(email).toContain('isolation key: objects/copy@v1\n');
    expect(email).toContain('properties left behind: tags\n');
    expect(email).toContain(`record: ${recordKey(finding(), { name: 'isolated' })}\n`);
    expect(email).toContain('detections: managed:NAME:2, custom:employee-id:3\n');
    expect(email).not.toContain('would be');
  });

  it('names versions that stay, a marker that hides the key, and replicas', () => {
    const isolation = {
      outcome: { name: 'isolated' },
      source: storedObject('', { replicationStatus: 'COMPLETED' }),
      removal: {
        kind: 'removed',
        removedVersions: ['v3'],
        remainingVersions: ['v1', 'v2'],
        uncomparedVersions: ['v1'],
        markerVersionId: 'v4',
      },
    } as const;
    const { email, json } = alertFor(input({ isolation }));

    expect(email).toContain('remaining versions: v1, v2\n');
    expect(email).toContain('uncompared versions: v1\n');
    expect(email).toContain('hidden by delete marker: v4\n');
    expect(email).toContain('replication status: COMPLETED\n');
    expect(JSON.parse(json)).toMatchObject({
      remaining_versions: ['v1', 'v2'],
      hidden_by_delete_marker: 'v4',
    });
  });

  it('says where the copy would lie only while there is none', () => {
    const { json } = alertFor(input({ outcome: { name: 'dry_run' }, intendedIsolationKey: 'objects/y@v1' }));

    expect(JSON.parse(json)).toMatchObject({ would_be_isolation_key: 'objects/y@v1' });
    expect(JSON.parse(json)).not.toHaveProperty('isolation_key');

    const begun = alertFor(
      input({
        outcome: { name: 'dry_run' },
        intendedIsolationKey: 'objects/y@v1',
        isolation: isolationWith({}),
      }),
    );

    expect(JSON.parse(begun.json)).toMatchObject({ isolation_key: 'objects/copy@v1' });
    expect(JSON.parse(begun.json)).not.toHaveProperty('would_be_isolation_key');
  });

  it('shows control characters and direction marks of a key escaped, on one line', () => {
    const { email } = alertFor(input({ finding: finding({ object: flaggedObject({ key: hostileKey }) }) }));
    const line = email.split('\n').find((text) => text.startsWith('key: '));

    expect(line).toMatch(/^key: bucket-secret\\r\\nSubject: forged\\u0000\\u001b\[31m/);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(line).toMatch(/202e}?gnp/);
  });

  it('shows quotes and letters of any script as they are', () => {
    const key = 'a "b" c/漢字/é😀';
    const { email } = alertFor(input({ finding: finding({ object: flaggedObject({ key }) }) }));

    expect(email).toContain(`key: ${key}\n`);
  });

  it('has as many lines for any key', () => {
    const lines = (key: string) =>
      alertFor(input({ finding: finding({ object: flaggedObject({ key }) }) })).email.split(
        /[\n\r\u2028\u2029\u0085]/,
      ).length;

    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (key) => {
        expect(lines(key)).toBe(lines('k'));
      }),
    );
  });

  it.each(everyOutcome)(
    'says of $name $reason that data is exposed only where the table says so',
    (outcome) => {
      const seen = { ...noVersionsTouched, remainingVersions: ['v1'] };
      const removal = { kind: 'retained', reason: 'locked', ...seen } as const;
      const { email, json } = alertFor(input({ outcome, isolation: { removal } }));

      expect(JSON.parse(json)).toMatchObject({ readable: readableAfter(outcome) });
      if (outcomes[outcome.name].objective !== 'missed') expect(email).not.toMatch(/STILL/);
      else expect(email).toContain(exposure[readableAfter(outcome)]);
    },
  );

  it('calls data that replicas or other versions may hold neither exposed nor gone', () => {
    const isolation = isolationWith({ uncomparedVersions: ['v1'] });

    expect(JSON.parse(alertFor(input({ isolation })).json)).toMatchObject({ readable: 'unknown' });
  });

  it('breaks up what a mail client would link in a key, and keeps the true key in the JSON', () => {
    const key = 'https://evil.example/www.evil.example?to=a@evil.example';
    const object = flaggedObject({ key, bucket: 'login.evil.example' });
    const copy = { key: `objects/${key}@v1`, madeNow: true, provenance: {} } as never;
    const isolation = { outcome: { name: 'isolated' }, copy } as const;
    const { email, json } = alertFor(input({ finding: finding({ object }), isolation }));
    const defanged = 'hxxps[:]//evil[.]example/www[.]evil[.]example?to=a@evil[.]example';

    expect(email).toContain(`\nkey: ${defanged}\n`);
    expect(email).toContain(`\nisolation key: objects/${defanged}@v1\n`);
    expect(email).toContain('\nbucket: login[.]evil[.]example\n');
    expect(email).not.toContain('evil.example');
    expect(JSON.parse(json)).toMatchObject({ key, bucket: 'login.evil.example' });
  });

  it.each([
    ['SensitiveData:S3Object/Multiple', 'SensitiveData:S3Object/Multiple'],
    ['SensitiveData:https://evil.example', 'SensitiveData[:]hxxps[:]//evil[.]example'],
    ['SensitiveData:S3Object/Multiple evil.example', 'SensitiveData[:]S3Object/Multiple evil[.]example'],
    ['evil.example SensitiveData:S3Object/Multiple', 'evil[.]example SensitiveData[:]S3Object/Multiple'],
  ])('shows a finding type as Macie writes it, and no other as it is: %s', (type, shown) => {
    const { email } = alertFor(input({ finding: finding({ type }) }));

    expect(email).toContain(`\nfinding type: ${shown}\n`);
  });

  it('leaves dates, records and version ids as they are', () => {
    const removal = {
      kind: 'retained',
      reason: 'locked',
      removedVersions: [],
      remainingVersions: ['a.b'],
      uncomparedVersions: ['c.d'],
      markerVersionId: 'e.f',
    } as const;
    const rehearsal = { expected: { name: 'isolated' }, wouldRemove: ['g.h'], read: {} } as const;
    const { email } = alertFor(input({ isolation: { removal, rehearsal } }));

    expect(email).toContain(`finding created at: ${finding().createdAt.toISOString()}\n`);
    expect(email).toContain(`record: ${recordKey(finding(), { name: 'isolated' })}\n`);
    expect(email).toContain('remaining versions: a.b\n');
    expect(email).toContain('uncompared versions: c.d\n');
    expect(email).toContain('hidden by delete marker: e.f\n');
    expect(email).toContain('would remove versions: g.h\n');
  });

  it.each(['\u061c', '\ufeff', '\u2060', '\u00ad', '\u{e0041}'])(
    'shows the invisible character %j of a key escaped',
    (mark) => {
      const key = `a${mark}b`;
      const { email } = alertFor(input({ finding: finding({ object: flaggedObject({ key }) }) }));

      expect(email).not.toContain(mark);
    },
  );

  it('shows a key with a line break unlike one that holds a backslash and an n', () => {
    const lineOf = (key: string) =>
      alertFor(input({ finding: finding({ object: flaggedObject({ key }) }) }))
        .email.split('\n')
        .find((line) => line.startsWith('key: '));

    expect(lineOf('a\nb')).not.toBe(lineOf('a\\nb'));
  });

  it.each([
    [20, []],
    [21, ['and 1 more']],
  ])('names twenty of %i versions that stay, and says how many more there are', (count, rest) => {
    const remainingVersions = Array.from({ length: count }, (_, index) => `v${index}`);
    const removal = {
      kind: 'removed',
      removedVersions: [],
      remainingVersions,
      uncomparedVersions: [],
    } as const;
    const { json } = alertFor(input({ isolation: { removal } }));

    expect(JSON.parse(json)).toMatchObject({
      remaining_versions: [...remainingVersions.slice(0, 20), ...rest],
    });
    expect(JSON.parse(json)).not.toHaveProperty('uncompared_versions');
  });

  it("fits into SNS's 256 KiB however many versions stay", () => {
    const remainingVersions = Array.from(
      { length: 10_000 },
      (_, index) => `3sL4kqtJlcpXroDTDmJ.rmSpXd3d${index}`,
    );
    const removal = {
      kind: 'removed',
      removedVersions: ['v'],
      remainingVersions,
      uncomparedVersions: remainingVersions,
    } as const;
    const { email, json, sms } = alertFor(input({ isolation: { removal } }));

    expect(Buffer.byteLength(email + json + sms)).toBeLessThan(250 * 1024);
  });

  it("fits into SNS's 256 KiB whatever characters the names of 200 identifiers and the key are made of", () => {
    const ofControls = (length: number) => '\u0001'.repeat(length);
    const detections = Array.from({ length: 200 }, () => ({
      kind: 'custom' as const,
      name: ofControls(128),
      count: Number.MAX_SAFE_INTEGER,
    }));
    const object = flaggedObject({ key: ofControls(1_024) });
    const about = finding({ object, detections });
    const isolation = isolationWith({});
    const copy = { ...isolation.copy, key: `objects/${object.key}@v1` } as IsolationResult['copy'];
    const alert = alertFor(input({ finding: about, isolation: { ...isolation, ...(copy && { copy }) } }));
    const { email, json, sms } = alert;

    expect(Buffer.byteLength(JSON.stringify({ default: json, email, sms }))).toBeLessThan(256 * 1024);
    expect(JSON.parse(json).detections).toHaveLength(200);
    expect(email).toContain('and 180 more');
  });
});

/** Whole texts, so that a change of any word is seen. */
describe('the e-mail', () => {
  const { id } = finding();
  const link = `in the console of Macie: https://us-east-1.console.aws.amazon.com/macie/home?region=us-east-1#findings?itemId=${id}`;
  const key = flaggedKey.replaceAll('.', '[.]');
  const where = `in ${key} of bucket member-data, account 444455556666.`;
  const facts = (
    outcome: readonly string[],
    copy: readonly string[],
    readable: string,
    { recordOf }: { readonly recordOf: OutcomeName },
  ) => [
    '',
    ...outcome,
    'severity: High',
    `finding id: ${id}`,
    'finding type: SensitiveData:S3Object/Multiple',
    `finding created at: ${finding().createdAt.toISOString()}`,
    'detections: managed:NAME:2, custom:employee-id:3',
    'account id: 444455556666',
    'region: us-east-1',
    'bucket: member-data',
    `key: ${key}`,
    'isolation bucket: isolation',
    ...copy,
    'policy rule: high-severity',
    `readable: ${readable}`,
    `record: ${recordKey(finding(), { name: recordOf })}`,
    'message id: m-1',
    '',
    link,
  ];
  const emailOf = (outcome: Outcome, isolation?: IsolationResult) =>
    alertFor(
      input({ outcome, recordKey: recordKey(finding(), outcome), ...(isolation && { isolation }) }),
    ).email.split('\n');

  it('of an isolated object', () => {
    const isolation = isolationWith({});
    expect(emailOf({ name: 'isolated' }, isolation)).toEqual([
      `Object isolated: 3 x employee-id, 2 x NAME ${where}`,
      `The data can no longer be read. Nothing has to be done. If it is no personal data, put it back: \`macie-isolator release ${id}\`.`,
      ...facts(['outcome: isolated'], ['isolation key: objects/copy@v1'], 'no', { recordOf: 'isolated' }),
    ]);
  });

  it('of an object that could not be isolated', () => {
    expect(emailOf({ name: 'refused', reason: 'verification-failed' })).toEqual([
      `Object NOT isolated (verification-failed): 3 x employee-id, 2 x NAME ${where}`,
      `The data is STILL EXPOSED. The message waits in the dead-letter queue with its reason (without DEAD_LETTER_QUEUE_URL, the redrive policy moves it there later). See the cause with \`macie-isolator show ${id}\`, repair it, then \`macie-isolator dlq replay --finding ${id}\`.`,
      ...facts(['outcome: refused', 'reason: verification-failed'], [], 'yes', { recordOf: 'refused' }),
    ]);
  });

  it('of a held finding', () => {
    expect(emailOf({ name: 'held', reason: 'rule-limit' })).toEqual([
      `Object NOT isolated, a limit is reached (rule-limit): 3 x employee-id, 2 x NAME ${where}`,
      `The data is STILL EXPOSED. Nothing was done to the object, and the finding is not tried again by itself. If the rule is right, send it again: \`macie-isolator reconcile --send-held\`. The whole story: \`macie-isolator show ${id}\`.`,
      ...facts(['outcome: held', 'reason: rule-limit'], [], 'yes', { recordOf: 'held' }),
    ]);
  });

  it('of a message that nothing is known of', () => {
    const { email } = alertFor({
      outcome: { name: 'rejected', reason: 'not-json' },
      isolationBucket: 'isolation',
      messageId: 'm-1',
    });
    expect(email.split('\n')).toEqual([
      'Message rejected (not-json).',
      'The message waits in the dead-letter queue with its reason (without DEAD_LETTER_QUEUE_URL, the redrive policy moves it there later). No object was touched. Look at it: `macie-isolator dlq show m-1`.',
      '',
      'outcome: rejected',
      'reason: not-json',
      'isolation bucket: isolation',
      'readable: unknown',
      'message id: m-1',
    ]);
  });

  it('says that a count is not known', () => {
    const detections = [{ kind: 'managed', name: 'NAME' }] as const;
    const [first] = alertFor(input({ finding: finding({ detections }) })).email.split('\n');
    expect(first).toContain(': unknown x NAME in ');
  });

  it('names what there is most of first, and not every kind', () => {
    const detections = Array.from({ length: 9 }, (_, index) => ({
      kind: 'custom' as const,
      name: `id-${index}`,
      ...(index > 0 && { count: index }),
    }));
    const [first] = alertFor(input({ finding: finding({ detections }) })).email.split('\n');
    expect(first).toContain(': 8 x id-8, 7 x id-7, 6 x id-6, 5 x id-5, 4 x id-4, 4 kinds more in ');
  });

  it.each([
    ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com/macie/home?region=eu-west-1#findings?itemId='],
    [
      'us-gov-west-1',
      'https://console.amazonaws-us-gov.com/macie/home?region=us-gov-west-1#findings?itemId=',
    ],
    ['cn-north-1', undefined],
    ['unreadable', undefined],
    ['evil.example/', undefined],
  ])('links to the console of Macie where there is one: %s', (region, link) => {
    const { email } = alertFor(input({ finding: finding({ object: flaggedObject({ region }) }) }));
    const shown = /^in the console of Macie: (.*)$/m.exec(email)?.[1];
    expect(shown).toBe(link && `${link}${id}`);
  });

  it('links nothing for an id that is none of Macie', () => {
    const { email } = alertFor(input({ finding: finding({ id: 'x?y=https://evil.example' }) }));
    expect(email).not.toContain('console of Macie');
  });
});
