import { describe, expect, it } from 'vitest';
import type { DigestEntry } from '../../../../src/core/alert-topic.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import type { FoldedName } from '../../../../src/core/outcome.ts';
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
const found = (name: string) => ({ detections: [{ kind: 'custom', name, count: 1 } as const] });

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
      'Isolated: the data can no longer be read. Nothing has to be done; put back what was no personal data with `macie-isolator release <finding id>`.',
      'Kept: the policy leaves these objects where they are. Decide whether they may stay.',
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

  it('lists first what is about most findings', () => {
    const { email } = digest(
      entry({}, { ...inBucket('few'), ...found('rare') }),
      entry(
        {},
        { ...inBucket('many'), detections: [...found('rare').detections, ...found('often').detections] },
      ),
      entry({}, { ...inBucket('many'), ...found('often') }),
    );

    const lines = email.split('\n').filter((line) => /bucket (few|many)|custom/.test(line));
    expect(lines).toEqual([
      expect.stringContaining('bucket many'),
      '    custom often: 2 in 2 findings',
      '    custom rare: 1 in 1 finding',
      expect.stringContaining('bucket few'),
      '    custom rare: 1 in 1 finding',
    ]);
  });

  it('lists ten identifiers of a group', () => {
    const detections = Array.from({ length: 12 }, (_, index) => found(`id-${index}`).detections[0]).filter(
      (each) => each !== undefined,
    );
    const alert = digest(entry({}, { detections }));

    expect(alert.email.match(/custom id-/g)).toHaveLength(10);
    const { groups } = JSON.parse(alert.json) as { groups: [{ identifiers: unknown[] }] };
    expect(groups[0].identifiers).toHaveLength(10);
  });

  it('sums up apart what was held by a rule and by a bucket, with the reason', () => {
    const held = (reason: 'rule-limit' | 'bucket-limit') => entry({ outcome: { name: 'held', reason } });
    const alert = digest(held('rule-limit'), held('rule-limit'), held('bucket-limit'));

    expect(alert.email).toMatch(/^2 held by a limit \(rule-limit\): bucket /m);
    expect(alert.email).toMatch(/^1 held by a limit \(bucket-limit\): bucket /m);
    expect(JSON.parse(alert.json)).toMatchObject({
      groups: [{ reason: 'rule-limit' }, { reason: 'bucket-limit' }],
    });
  });

  it('names for requests that a limit held the command that sends them again', () => {
    const held = { name: 'held', reason: 'bucket-limit' } as const;
    const id = `manual-${'a'.repeat(32)}`;
    const fence = { fence: 'fenced', isContained: true } as const;
    const alert = digest(entry({ outcome: held }, { id }), entry({ outcome: held, fence }, { id }));
    const sendAgain =
      'and their requests are not tried again by themselves. If the bucket is right, send them again with `macie-isolator isolate`.';

    const [plain, fenced] = alert.email.split('\n').filter((line) => line.startsWith('Held'));
    expect(plain).toBe(`Held: the data is STILL EXPOSED. Nothing was done to these objects, ${sendAgain}`);
    expect(fenced).toContain(`Held, fenced: these objects were not isolated, ${sendAgain}`);
    expect(alert.email).not.toContain('reconcile');
  });

  it('tells apart what was fenced and what could not be fenced, and says what to do about each', () => {
    const held = { name: 'held', reason: 'rule-limit' } as const;
    const alert = digest(
      entry({ outcome: held, fence: { fence: 'fenced', isContained: true } }),
      entry({ outcome: held, fence: { fence: 'fenced', isContained: true } }),
      entry({ outcome: held, fence: { fence: 'open', isContained: false } }),
      entry({ outcome: held }),
    );
    const sendAgain =
      'and their findings are not tried again by themselves. If the rule is right, send them again with `macie-isolator reconcile --send-held`.';

    expect(alert.email).toMatch(/^2 held by a limit \(rule-limit\), fenced: bucket /m);
    expect(alert.email).toMatch(/^1 held by a limit \(rule-limit\), maybe NOT fenced: bucket /m);
    expect(alert.email).toMatch(/^1 held by a limit \(rule-limit\): bucket /m);
    const [fenced, open, plain] = alert.email.split('\n').filter((line) => line.startsWith('Held'));
    expect(fenced).toBe(
      `Held, fenced: these objects were not isolated, ${sendAgain} The objects are fenced: nobody but the roles that the fence spares can read them. Take a fence away with \`macie-isolator fence lift <finding id>\`.`,
    );
    expect(open).toContain(
      `Held, maybe NOT fenced: the data is STILL EXPOSED. These objects were not isolated, ${sendAgain} The objects may NOT be fenced: `,
    );
    expect(plain).toBe(`Held: the data is STILL EXPOSED. Nothing was done to these objects, ${sendAgain}`);
    expect(JSON.parse(alert.json)).toMatchObject({
      outcomes: { held: 4 },
      groups: [{ fence: 'fenced', contained: true }, { fence: 'open', contained: false }, {}],
    });
  });

  it('tells apart what the policy leaves and what was not there to fence', () => {
    const outcome = { name: 'alerted' } as const;
    const { email } = digest(entry({ outcome }), entry({ outcome, isWithoutFence: true }));

    expect(email).toMatch(/^1 kept by policy: bucket /m);
    expect(email).toMatch(/^1 kept by policy, nothing fenced: bucket /m);
    expect(email).toContain('Kept: the policy leaves these objects where they are.');
    expect(email).toContain(
      'Nothing fenced: what Macie flagged is no longer there, or a person released it. If what lies there now matters, let Macie scan it.',
    );
  });

  it('says what to do about a fence also where its group is not listed', () => {
    const kept = { outcome: { name: 'alerted' } } as const;
    const alert = digest(
      ...Array.from({ length: 101 }, (_, index) => entry(kept, inBucket(`bucket-${index}`))),
      entry({ ...kept, fence: { fence: 'no-room', isContained: false } }),
    );

    expect(alert.email).toContain(
      'Kept, NOT fenced, with ten tags: the policy leaves these objects where they are. Decide whether they may stay. The objects could NOT be fenced: they have ten tags',
    );
  });

  it('says of what a finding does not name that it is not known', () => {
    const { id, createdAt } = finding();
    const alert = digestAlert(
      addToDigest(undefined, { ...entry(), outcome: { name: 'alerted' }, finding: { id, createdAt } }),
      about,
    );

    expect(alert.email).toContain('1 kept by policy: bucket unknown, account unknown, rule high-severity');
    expect(alert.email).not.toContain('(');
    expect(alert.attributes).toEqual({
      severity: ['None'],
      outcome: ['alerted'],
      type: ['unknown'],
      account: ['unknown'],
      rule: ['high-severity'],
    });
    const { groups } = JSON.parse(alert.json) as { groups: object[] };
    expect(groups[0]).toEqual({ outcome: 'alerted', rule: 'high-severity', findings: 1, identifiers: [] });
  });

  it('names the types and accounts that it sums up, a hundred of them at most', () => {
    const findings = Array.from({ length: 120 }, (_, index) =>
      entry(
        {},
        { type: `SensitiveData:S3Object/T${index}`, object: { ...finding().object, accountId: `${index}` } },
      ),
    );
    const { attributes } = digest(...findings);

    expect(attributes.type).toHaveLength(100);
    expect(attributes.type?.[0]).toBe('SensitiveData:S3Object/T0');
    expect(attributes.account).toHaveLength(100);
  });

  it('keeps a hundred groups and identifiers apart, and counts the findings of others', () => {
    const many = Array.from({ length: 101 }, (_, index) => index);
    const groups = sumOf(many.map((index) => entry({}, inBucket(`bucket-${index}`))));
    const detections = many.flatMap((index) => found(`id-${index}`).detections);
    const [group] = sumOf([entry({}, { detections })]).groups.values();

    expect([groups.groups.size, groups.elsewhere, groups.findings]).toEqual([100, 1, 101]);
    expect(group?.identifiers.size).toBe(100);
  });

  it.each([
    ['control characters', '\u0001'],
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['half characters', '\ud800'],
    ['invisible characters', '\u{e0001}'],
    ['dots', '.'],
  ])('fits into SNS, and counts what it does not list, whatever names others choose: %s', (_, character) => {
    const fences = ['fenced', 'tagged', 'open', 'no-room'] as const;
    const longest = (index: number) => `${index}`.padEnd(128, character).slice(0, 128);
    const detections = Array.from(
      { length: 20 },
      (_, index) => found(longest(index)).detections[0] ?? [],
    ).flat();
    const entries = Array.from({ length: 200 }, (_, index) => {
      const name = (['alerted', 'held', 'dry_run', 'isolated'] as const)[index % 4] ?? 'alerted';
      const fence = { fence: fences[Math.floor(index / 4) % 4] ?? 'open', isContained: index % 32 < 16 };
      const outcome = (name === 'held' ? { name, reason: 'rule-limit' } : { name }) as DigestEntry['outcome'];
      return entry(
        { outcome, fence, rule: `${index}${character.repeat(1_000)}` },
        {
          detections,
          type: `SensitiveData:S3Object/${index}`.padEnd(128, 'T'),
          object: {
            ...finding().object,
            accountId: `${index}`.padStart(12, '0'),
            bucket: `${index}`.padEnd(63, 'b'),
          },
        },
      );
    });

    const { attributes, email, json, sms } = digest(...entries);

    const bytes = Buffer.byteLength(JSON.stringify({ default: json, email, sms }));
    expect(bytes + Buffer.byteLength(JSON.stringify(JSON.stringify(attributes)))).toBeLessThan(230_000);
    const facts = JSON.parse(json) as { groups: object[]; findings_unlisted: number };
    expect(facts.groups.length).toBeGreaterThan(0);
    expect(facts.groups.length + facts.findings_unlisted).toBe(200);
    expect(email).toContain(`and ${facts.findings_unlisted} findings more`);
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

  it.each<[FoldedName, became: string, todo: string]>([
    [
      'isolated',
      'isolated',
      'Isolated: the data can no longer be read. Nothing has to be done; put back what was no personal data with `macie-isolator release <finding id>`.',
    ],
    ['dry_run', 'rehearsed', 'Rehearsed in a dry run: nothing was touched.'],
    [
      'alerted',
      'kept by policy',
      'Kept: the policy leaves these objects where they are. Decide whether they may stay.',
    ],
    [
      'changed',
      'changed',
      'Changed: what Macie flagged is no longer there. If what lies there now matters, let Macie scan it.',
    ],
    [
      'gone',
      'gone',
      'Gone: somebody removed the objects before they could be isolated. Ask their owner where the data went.',
    ],
    [
      'held',
      'held by a limit',
      'Held: the data is STILL EXPOSED. Nothing was done to these objects, and their findings are not tried again by themselves. If the rule is right, send them again with `macie-isolator reconcile --send-held`.',
    ],
  ])('says what became of %s, and what to do', (name, became, todo) => {
    const { email } = digest(entry({ outcome: { name } as DigestEntry['outcome'] }));

    expect(email.split('\n')[0]).toBe(`1 finding summed up: 1 ${became}.`);
    expect(email.split('\n').at(-2)).toBe(todo);
  });
});
