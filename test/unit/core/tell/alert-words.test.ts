import { describe, expect, it } from 'vitest';
import type { IsolationResult } from '../../../../src/core/isolation.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import type { AlertInput } from '../../../../src/core/tell/alert-input.ts';
import { alertFor } from '../../../../src/core/tell/alert-text.ts';
import { consoleLink } from '../../../../src/core/tell/console-link.ts';
import { finding, flaggedObject } from '../../../support/findings.ts';

const touched = { removedVersions: [], remainingVersions: ['v2'], uncomparedVersions: ['v2'] };

function alert(
  outcome: Outcome,
  isolation: Omit<IsolationResult, 'outcome'> = {},
  more: Partial<AlertInput> = {},
) {
  return alertFor({
    finding: finding(),
    outcome,
    isolation,
    isolationBucket: 'isolation',
    messageId: 'm1',
    ...more,
  });
}
const readable = ({ json }: { readonly json: string }) => (JSON.parse(json) as { readable: string }).readable;

describe('an object that was isolated before', () => {
  it('may still be readable in a version that nothing compared', () => {
    const told = alert({ name: 'already_isolated' }, { removal: { kind: 'untouched', ...touched } });

    expect(told.email).toContain('The data may still be readable. Look at the versions and replicas');
    expect(told.email).not.toContain('Nothing has to be done');
    expect(readable(told)).toBe('unknown');
  });

  it('can no longer be read where it is fenced alone, and may be read where it is not', () => {
    const outcome = { name: 'retained', reason: 'locked' } as const;
    const removal = { kind: 'retained', reason: 'locked', ...touched, uncomparedVersions: [] } as const;
    const fence = { fence: 'fenced', at: new Date(0), unfencedVersions: [] } as const;

    expect(readable(alert(outcome, { removal, fence }))).toBe('no');
    expect(readable(alert(outcome, { removal, fence, unseen: true }))).toBe('unknown');
    expect(readable(alert(outcome, { removal, fence: { ...fence, unfencedVersions: ['v2'] } }))).toBe(
      'unknown',
    );
    expect(readable(alert(outcome, { removal, fence: { ...fence, fence: 'tagged' } }))).toBe('yes');
  });

  it('is out of reach where nothing remains', () => {
    expect(readable(alert({ name: 'already_isolated' }))).toBe('no');
  });
});

describe('an alert', () => {
  it.each<Outcome>([{ name: 'changed' }, { name: 'gone', reason: 'source-absent' }])(
    'says of what is $name that versions of its size may hold the data',
    (outcome) => {
      const removal = { kind: 'untouched', ...touched } as const;
      const told = alert(outcome, { removal });

      expect(readable(told)).toBe('unknown');
      expect(told.email).toContain('the versions named below have its size and may hold the same data');
      expect(readable(alert(outcome, { removal: { ...removal, uncomparedVersions: [] } }))).toBe('no');
    },
  );

  it.each<Outcome>([{ name: 'already_isolated' }, { name: 'gone', reason: 'source-absent' }])(
    'does not say of what is $name that the data is out of reach if nobody could look',
    (outcome) => {
      expect(readable(alert(outcome, { unseen: true }))).toBe('unknown');
    },
  );

  it.each([
    ['rule-limit', 'If the rule is right'],
    ['bucket-limit', 'If the bucket is right'],
  ] as const)('says of what is held what to look at: %s', (reason, words) => {
    const { email } = alert({ name: 'held', reason });

    expect(email).toContain(words);
    expect(email).toContain('Nothing was done to the object');
  });

  it('says of what is held and fenced that it was not isolated', () => {
    const fence = { fence: 'tagged', at: new Date(0), unfencedVersions: [] } as const;

    expect(alert({ name: 'held', reason: 'rule-limit' }, { fence }).email).toContain(
      'The object was not isolated, and the finding',
    );
  });

  it.each<[Outcome, string]>([
    [{ name: 'isolated' }, 'Dry run: object would be isolated'],
    [{ name: 'changed' }, 'Dry run: would end as changed'],
    [{ name: 'refused', reason: 'sse-c' }, 'Dry run: would end as refused (sse-c)'],
  ])('says of a dry run how it would end: %j', (expected, headline) => {
    const rehearsal = { expected, wouldRemove: [], read: {} };

    expect((JSON.parse(alert({ name: 'dry_run' }, { rehearsal }).json) as { summary: string }).summary).toBe(
      headline,
    );
  });

  it('names every field in which Macie differs', () => {
    const unconfirmed = { why: 'differs', fields: ['bucket', 'key'] } as const;

    expect(alert({ name: 'rejected', reason: 'not-confirmed' }, { unconfirmed }).email).toContain(
      'these differ: bucket, key.',
    );
  });

  it('goes to the topic of its rule, if the rule has one', () => {
    const decision = { action: 'alert', rule: 'r' } as const;
    const alertTopic = 'arn:aws:sns:us-east-1:111122223333:privacy';

    expect(alert({ name: 'alerted' }, {}, { decision: { ...decision, alertTopic } }).topic).toBe(alertTopic);
    expect(alert({ name: 'alerted' }, {}, { decision })).not.toHaveProperty('topic');
  });
});

describe('the address of a finding in the console', () => {
  const linkIn = (region: string, id = finding().id) =>
    consoleLink({ finding: finding({ id, object: flaggedObject({ region }) }) });

  it.each([
    ['us-east-1', 'https://us-east-1.console.aws.amazon.com/macie/home?region=us-east-1'],
    ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/macie/home?region=us-gov-west-1'],
  ])('is that of its partition: %s', (region, address) => {
    expect(linkIn(region)).toBe(`${address}#findings?itemId=${finding().id}`);
  });

  it.each(['cn-north-1', 'us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1', 'eusc-de-east-1'])(
    'is none where Macie has no console: %s',
    (region) => expect(linkIn(region)).toBeUndefined(),
  );

  it('is none where the region is not known, or there is no finding', () => {
    const { region: _, ...nowhere } = flaggedObject();

    expect(consoleLink({ finding: finding({ object: nowhere }) })).toBeUndefined();
    expect(consoleLink({})).toBeUndefined();
  });

  it('is none of an id that could lead elsewhere', () => {
    expect(linkIn('us-east-1', 'a&x=1')).toBeUndefined();
  });
});
