import { describe, expect, it } from 'vitest';
import { recordKey, sharedRecordKey } from '../../../../src/core/evidence/keys.ts';
import type { FindingsArchive } from '../../../../src/core/operate/list-findings.ts';
import { type Comparison, compareFindings } from '../../../../src/core/operate/reconcile/compare-findings.ts';
import type { EvidenceReader } from '../../../../src/core/operate/records/evidence-reader.ts';
import { countRecords } from '../../../../src/core/operate/status/count-records.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import { finding } from '../../../support/findings.ts';
import { seededRecord } from '../../../support/seeded-records.ts';

const createdAt = new Date('2026-11-28T10:00:00Z');
const one = finding({ createdAt });
const two = finding({
  createdAt,
  object: { accountId: '444455556666', bucket: 'other', key: 'b.csv', eTag: 'b'.repeat(32) },
});
const isolated = { name: 'isolated' } as const;
const refused = { name: 'refused', reason: 'sse-c' } as const;

/** Records as workers write them: the second object with an outcome has the name with the digest. */
function evidenceOf(handled: readonly (readonly [typeof one, Outcome])[]) {
  const records = new Map<string, string>();
  for (const [about, outcome] of handled) {
    const first = recordKey(about, outcome);
    const key = records.has(first) ? sharedRecordKey(about, outcome) : first;
    records.set(key, seededRecord({ finding: about, outcome }).json);
  }
  const evidence: EvidenceReader = {
    folders: async () => ['dt=2026-11-28'],
    async *keys(prefix) {
      yield* [...records.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    },
    get: async (key) => records.get(key),
  };
  return { evidence, records };
}

async function compared(evidence: EvidenceReader): Promise<Comparison | undefined> {
  const archive: FindingsArchive = {
    ids: async () => ({ ids: [one.id] }),
    get: async () => new Map([[one.id, { id: one.id, createdAt, body: '{}' }]]),
  };
  const span = {
    regions: ['us-east-1'],
    since: new Date('2026-11-28T00:00:00Z'),
    until: new Date('2026-11-29T00:00:00Z'),
  };
  for await (const each of compareFindings({ archive, evidence }, span, { withOrphans: false })) return each;
  return undefined;
}

const counted = async (evidence: EvidenceReader) =>
  (await countRecords(evidence, createdAt, new Date('2026-11-28T12:00:00Z'))).missed['refused'];

describe('a finding id with two objects', () => {
  it.each<[string, readonly (readonly [typeof one, Outcome])[]]>([
    [
      'the second was refused',
      [
        [one, refused],
        [one, isolated],
        [two, refused],
      ],
    ],
    [
      'the first was refused',
      [
        [one, refused],
        [two, refused],
        [two, isolated],
      ],
    ],
  ])('stays readable where %s and the other was isolated', async (_, handled) => {
    const { evidence } = evidenceOf(handled);

    expect(await counted(evidence)).toBe(1);
    expect(await compared(evidence)).toMatchObject({
      state: 'readable',
      reason: 'sse-c',
      outcomes: ['isolated', 'refused'],
    });
  });

  it('stays readable in a comparison where no name tells the second object', async () => {
    const { evidence } = evidenceOf([
      [one, isolated],
      [two, refused],
    ]);

    expect(await compared(evidence)).toMatchObject({ state: 'readable', reason: 'sse-c' });
  });

  it('stays readable where nobody can read one of them any more', async () => {
    const { evidence } = evidenceOf([
      [one, { name: 'refused', reason: 'no-such-bucket' }],
      [two, refused],
    ]);

    expect(await compared(evidence)).toMatchObject({ state: 'readable', reason: 'sse-c' });
  });

  it('stays readable where a record cannot be understood', async () => {
    const { evidence, records } = evidenceOf([
      [one, isolated],
      [one, refused],
    ]);
    records.set(recordKey(one, refused), '{');

    expect(await compared(evidence)).toMatchObject({ state: 'readable' });
  });

  it('is done where both were isolated, whatever became of them before', async () => {
    const { evidence } = evidenceOf([
      [one, refused],
      [two, refused],
      [two, isolated],
      [one, isolated],
    ]);

    expect(await counted(evidence)).toBe(0);
    expect(await compared(evidence)).toMatchObject({ state: 'done' });
  });

  it('is done where one came without its object before', async () => {
    const rejected = { name: 'rejected', reason: 'no-identity' } as const;
    const { object: _, ...without } = one;
    const { evidence, records } = evidenceOf([[one, isolated]]);
    const { json } = seededRecord({ finding: one, outcome: rejected });
    const nothing = { account_id: null, bucket: null, key: null, version_id: null, etag: null };
    records.set(recordKey(without, rejected), JSON.stringify({ ...JSON.parse(json), ...nothing }));

    expect(await compared(evidence)).toMatchObject({ state: 'done' });
  });
});
