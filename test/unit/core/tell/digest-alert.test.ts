import { describe, expect, it } from 'vitest';
import type { DigestEntry } from '../../../../src/core/alert-topic.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import { outcomes } from '../../../../src/core/outcome.ts';
import { addToDigest, type DigestSum } from '../../../../src/core/tell/digest.ts';
import { digestAlert } from '../../../../src/core/tell/digest-alert.ts';
import { finding } from '../../../support/findings.ts';

const about = {
  isolationBucket: 'isolation',
  from: new Date('2026-11-27T22:30:00Z'),
  to: new Date('2026-11-27T22:31:00Z'),
};
const entry = (overrides: Partial<DigestEntry> = {}, of: Partial<Finding> = {}): DigestEntry => ({
  outcome: { name: 'isolated' },
  finding: { ...finding(), ...of },
  messageId: 'm1',
  rule: 'high-severity',
  ...overrides,
});
const sumOf = (entries: readonly DigestEntry[]): DigestSum =>
  entries.reduce<DigestSum | undefined>(addToDigest, undefined) ?? addToDigest(undefined, entry());
const digest = (...entries: DigestEntry[]) => digestAlert(sumOf(entries), about);
const inBucket = (bucket: string): Partial<Finding> => ({ object: { ...finding().object, bucket } });
const passports = (count?: number): Partial<Finding> => ({
  detections: [
    { kind: 'custom', name: 'US Passport', ...(count !== undefined && { count }) },
    { kind: 'managed', name: 'NAME', count: 1 },
  ],
});

describe('a digest', () => {
  it('sums up by outcome, rule, bucket and identifier', () => {
    const { accountId } = finding().object;
    const alert = digest(
      entry({}, passports(3)),
      entry({}, passports(4)),
      entry(
        { outcome: { name: 'alerted' }, rule: 'default' },
        { ...inBucket('lake.raw'), severity: 'Medium', detections: [] },
      ),
    );
    const bucket = finding().object.bucket;

    expect(alert.subject).toBe('[macie-isolator] 3 findings summed up: 2 isolated, 1 kept by policy');
    expect(alert.sms).toBe('macie-isolator: 3 findings summed up: 2 isolated, 1 kept by policy.');
    expect(alert.email.split('\n')).toEqual([
      '3 findings summed up: 2 isolated, 1 kept by policy.',
      '',
      `2 isolated: bucket ${bucket}, account ${accountId}, rule high-severity`,
      '    custom US Passport: 7 in 2 findings',
      '    managed NAME: 2 in 2 findings',
      `1 kept by policy: bucket lake[.]raw, account ${accountId}, rule default`,
      '',
      'from: 2026-11-27T22:30:00.000Z',
      'to: 2026-11-27T22:31:00.000Z',
      'isolation bucket: isolation',
      '',
      expect.stringMatching(/^Isolated: the data can no longer be read\..*macie-isolator release/),
      expect.stringMatching(/^Kept: the policy leaves/),
      'Each finding with its id: `macie-isolator list --alert folded`.',
    ]);
    expect(JSON.parse(alert.json)).toMatchObject({
      outcome: 'digest',
      findings: 3,
      outcomes: { isolated: 2, alerted: 1 },
      groups: [
        { outcome: 'isolated', findings: 2, identifiers: [{ name: 'US Passport', count: 7 }, {}] },
        {},
      ],
    });
  });

  it('reaches every subscriber that filters on what it sums up', () => {
    const { attributes } = digest(
      entry(),
      entry({ outcome: { name: 'gone', reason: 'source-absent' } }, { severity: 'Medium' }),
    );
    expect(attributes).toMatchObject({
      severity: ['High', 'Medium'],
      outcome: ['isolated', 'gone'],
      rule: ['high-severity'],
    });
  });

  it('does not know a sum where one finding does not say how often', () => {
    for (const counts of [
      [3, undefined],
      [undefined, 3],
    ]) {
      const { email } = digest(...counts.map((count) => entry({}, passports(count))));
      expect(email).toContain('custom US Passport: unknown in 2 findings');
    }
  });

  it('goes to the topic of its rule', () => {
    const topic = 'arn:aws:sns:us-east-1:111122223333:privacy';
    expect(digest(entry({ topic })).topic).toBe(topic);
    expect(digest(entry()).topic).toBeUndefined();
  });

  it('has a bound, and counts what it does not list', () => {
    const alert = digest(
      ...Array.from({ length: 250 }, (_, index) => entry({}, inBucket(`bucket-${index}`))),
    );
    expect(alert.email).toContain('and 230 findings more');
    expect(alert.email.length).toBeLessThan(10_000);
    expect(JSON.parse(alert.json)).toMatchObject({ findings: 250, findings_unlisted: 230 });
  });

  it('shows names of others as text, and names no key', () => {
    const alert = digest(
      entry(
        { rule: 'r' },
        { ...inBucket('evil.example'), detections: [{ kind: 'custom', name: 'http://x.y\u202e\n' }] },
      ),
    );
    expect(alert.email).toContain('bucket evil[.]example');
    expect(alert.email).toContain('custom hxxp[:]//x[.]y\\u{202e}\\n: unknown in 1 finding');
    expect(JSON.stringify(alert)).not.toContain(finding().object.key);
    expect(alert.subject + alert.sms).not.toContain('evil');
  });

  it.each(Object.entries(outcomes).filter(([, row]) => 'mayBeFolded' in row))(
    'says what became of %s, and what to do',
    (name) => {
      const { email } = digest(entry({ outcome: { name } as DigestEntry['outcome'] }));
      expect(email).toMatch(/^1 finding summed up: 1 [a-z ]+\.$/m);
      expect(email.split('\n').at(-2)).toMatch(/^[A-Z].*\.$/);
    },
  );
});
