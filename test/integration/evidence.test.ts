import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceRecord } from '../../src/core/tell/record.ts';
import { renderTemplate } from '../support/rendered-template.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, type World } from '../support/world.ts';

const secret = 'name,ssn\nJane Doe,078-05-1120\n';

interface Table {
  readonly Parameters: Readonly<Record<string, string>>;
  readonly PartitionKeys: readonly { readonly Name: string }[];
  readonly StorageDescriptor: {
    readonly Columns: readonly { readonly Name: string; readonly Type: string }[];
  };
}

const { resources } = renderTemplate('evidence.yaml', '111111111111', 'us-east-1', {
  IsolationBucketName: 'isolation',
  FirstDay: '2026-01-01',
});
const propertiesOf = (type: string) =>
  resources.filter((resource) => resource.type === type).map(({ properties }) => properties);
const [table] = propertiesOf('AWS::Glue::Table').map(({ TableInput }) => TableInput as Table);
const columns = table?.StorageDescriptor.Columns ?? [];

/** Whether the SerDe can read a value as this type; null is a value of every type. */
const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  int: (value) => Number.isInteger(value),
  bigint: (value) => Number.isInteger(value),
  double: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  'array<string>': (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

let world: World;
const records: EvidenceRecord[] = [];
const keys: string[] = [];

beforeAll(async () => {
  world = await startWorld();
  const bucket = world.bucket('enabled');
  await world.upload(bucket, 'a.csv', 'harmless');
  await handle(await world.upload(bucket, 'a.csv', secret));
  await handle(await world.upload(world.bucket(), 'b.csv', secret), { severity: { description: 'Low' } });
  await handle({ ...(await world.upload(world.bucket(), 'c.csv', secret)), eTag: 'f'.repeat(32) });
  for (const key of world.recordKeys()) {
    keys.push(key);
    records.push(JSON.parse(world.text(world.isolationBucket, key) ?? '') as EvidenceRecord);
  }
});
afterAll(() => world.close());

async function handle(object: Uploaded, overrides: Record<string, unknown> = {}): Promise<void> {
  const finding = world.finding(object, overrides);
  await world.put(finding);
  await world.untilSettled(finding.id);
}

describe('the table of records', () => {
  it('has the columns of every record, in its order', () => {
    expect(records.map(({ outcome }) => outcome).sort()).toEqual(['alerted', 'changed', 'isolated']);
    for (const record of records) expect(columns.map(({ Name }) => Name)).toEqual(Object.keys(record));
  });

  it('has types that every value fits, and no column that is always null', () => {
    const filled = new Set<string>();
    for (const record of records) {
      for (const { Name, Type } of columns) {
        const value = record[Name as keyof EvidenceRecord];
        if (value !== null) filled.add(Name);
        expect(value === null || fits[Type]?.(value), `${Name} ${Type} ${JSON.stringify(value)}`).toBe(true);
      }
    }

    // Of other outcomes than these: a reason, a dry run, a replica, a fence, a policy from S3 or SSM, an exception of the policy, and the bounds of a removal after a crash.
    expect(columns.map(({ Name }) => Name).filter((name) => !filled.has(name))).toEqual([
      'reason',
      'source_replication_status',
      'fence',
      'policy_version',
      'policy_exception',
      'policy_reason',
      'policy_missing',
      'expected_outcome',
      'expected_reason',
      'could_read_object',
      'could_read_versions',
      'could_read_tags',
      'removed_not_before',
      'removed_not_after',
    ]);
  });

  it('finds each record in the partition of its day', () => {
    const template = table?.Parameters['storage.location.template'] ?? '';

    for (const key of keys) {
      const [, day = ''] = /dt=(\d{4}-\d{2}-\d{2})\//.exec(key) ?? [];
      expect(`s3://isolation/${key}`.startsWith(template.replace('${dt}', day)), key).toBe(true);
    }
    expect(table?.PartitionKeys.map(({ Name }) => Name)).toEqual(['dt']);
  });
});

describe('the named queries', () => {
  const queries = propertiesOf('AWS::Athena::NamedQuery').map(
    ({ Name, QueryString }) => [String(Name), String(QueryString)] as const,
  );

  it.each(queries)('%s asks for columns that there are', (_, query) => {
    const known = new Set([...columns.map(({ Name }) => Name), 'dt', ...words, ...aliases(query)]);
    const identifiers = query.replaceAll(/'[^']*'/g, '').match(/\b[a-z_]+\b/g) ?? [];

    expect(identifiers.length).toBeGreaterThan(8);
    expect(identifiers.filter((name) => !known.has(name))).toEqual([]);
  });

  const showingKeys = queries.filter(([, query]) => /\bkey\b/.test(query));

  it.each(showingKeys)('%s shows no key that a spreadsheet would take for a formula', (_, query) => {
    const [all, pattern = '', replacement = ''] =
      /regexp_replace\(key, '([^']+)', '((?:[^']|'')+)'\) AS key/.exec(query) ?? [];
    const shown = (key: string) => key.replace(new RegExp(pattern), replacement.replaceAll("''", "'"));

    expect(query.replace(all ?? '', '')).not.toMatch(/\bkey\b/);
    for (const key of ['=HYPERLINK("x")', '+1', '-1', '@SUM(1)', '\t=1', '\r=1', '\n=1']) {
      expect(shown(key)).toBe(`'${key}`);
    }
    expect(shown('hr/a=b@c.csv')).toBe('hr/a=b@c.csv');
  });
});

/** What is no column: the table, functions and words in lower case. */
const words = [
  'records',
  'coalesce',
  'count',
  'sum',
  'date_format',
  'date_diff',
  'current_date',
  'interval',
  'day',
  'regexp_replace',
];

const aliases = (query: string) => [...query.matchAll(/\bAS (\w+)/g)].map(([, alias = '']) => alias);
