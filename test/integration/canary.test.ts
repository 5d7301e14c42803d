import { ReceiveMessageCommand, type Message as SqsMessage } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount, localRegion } from '../../src/local/account.ts';
import { scanBucket } from '../../src/local/macie/scan-bucket.ts';
import { generateTables } from '../../src/local/synthea/generate.ts';
import { columnMark, createPlanter, identifierNames, type Planted } from '../support/canaries.ts';
import { startWorld, textOf, type World } from '../support/world.ts';

const pathMark = 'zqpath';

let world: World;
const planted = new Map<string, Planted>();
/** What can be read by others than those who may read the data, by what it is. */
const told = new Map<string, string>();

beforeAll(async () => {
  world = await startWorld({ env: { PARK_AFTER_RECEIVES: '2', LOG_LEVEL: 'trace' } });
  const bucket = world.bucket('enabled');
  const plant = createPlanter();
  for (const [table, csv] of generateTables({ seed: 1, full: false })) {
    const own = plant(csv);
    planted.set(table, own);
    await world.upload(bucket, `${table}.csv`, own.csv);
  }
  const scan = { bucket, account: localAccount, region: localRegion };
  const findings = (await scanBucket(world.s3, scan)).map(withPaths);
  const about = (table: string) => {
    const found = findings.find(({ resourcesAffected }) => resourcesAffected.s3Object.key === `${table}.csv`);
    if (!found) throw new Error(`no finding about ${table}`);
    return found;
  };
  // One cannot be copied, one cannot be removed, and the record of one fails at first.
  const faults = world.aws.s3.faults;
  faults.inject({
    kind: 'access-denied',
    when: ({ bucket: from, key }) => from === bucket && key === 'organizations.csv',
  });
  const [locked] = world.versions(bucket, 'patients.csv');
  if (locked) locked.retention = { mode: 'GOVERNANCE', until: new Date('2999-01-01') };
  const recordOf = about('providers').id;
  faults.inject({
    kind: 'internal-error',
    when: ({ key, method }) => method === 'PUT' && key.includes(recordOf),
    times: 5,
  });

  for (const finding of findings) await world.put(finding);
  for (const { id } of findings) await world.untilSettled(id);

  const whole = about('encounters');
  const text = JSON.stringify(whole);
  for (const body of [
    text.slice(0, -20),
    JSON.stringify({ ...whole, id: undefined }),
    JSON.stringify({ ...whole, type: 'SensitiveData2' }),
    JSON.stringify({ ...whole, id: 'zqid1', accountId: undefined }),
    JSON.stringify([whole]),
  ]) {
    const messageId = await world.send(body);
    await world.log.until('message_settled', { messageId, how: 'park' });
  }
  await read();
});
afterAll(() => world.close());

type Finding = Awaited<ReturnType<typeof scanBucket>>[number];

/** As findings about JSON, Avro and Parquet have them; the stand-in reads CSV only. */
function withPaths(finding: Finding): Finding {
  const { result } = finding.classificationDetails;
  const detections = [
    ...result.customDataIdentifiers.detections,
    ...result.sensitiveData.flatMap((category) => category.detections),
  ];
  for (const { occurrences } of detections) {
    Object.assign(occurrences, { records: [{ jsonPath: `$.${pathMark}.ssn`, recordIndex: 0 }] });
  }
  return finding;
}

async function receiveAll(queueUrl: string): Promise<readonly SqsMessage[]> {
  const all: SqsMessage[] = [];
  for (;;) {
    const { Messages = [] } = await world.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages);
  }
}

async function read(): Promise<void> {
  const { deadLetterQueueUrl, inboxQueueUrl } = world.aws.dataPlane;
  const parked = await receiveAll(deadLetterQueueUrl);
  told.set('logs', world.log.text());
  told.set('metrics', await (await fetch(`http://127.0.0.1:${world.port}/metrics`)).text());
  told.set('alerts', JSON.stringify(await receiveAll(inboxQueueUrl)));
  told.set(
    'records',
    world
      .recordKeys()
      .map((key) => `${key}\n${world.text(world.isolationBucket, key) ?? ''}`)
      .join('\n'),
  );
  told.set(
    'attributes of parked messages',
    JSON.stringify(parked.map(({ Attributes, MessageAttributes }) => ({ Attributes, MessageAttributes }))),
  );
  told.set('bodies of parked messages', parked.map(({ Body }) => Body).join('\n'));
}

const values = () => [...planted.values()].flatMap((table) => table.values);

describe('a run with a canary in every sensitive column', () => {
  it('had every kind of sensitive value, and every kind of end', () => {
    const outcomes = new Set(
      world.log.lines.filter(({ event }) => event === 'finding_handled').map(({ outcome }) => outcome),
    );

    expect(new Set([...planted.values()].flatMap(({ identifiers }) => identifiers))).toEqual(identifierNames);
    expect(new Set(values()).size).toBe(values().length);
    expect(values().length).toBeGreaterThan(identifierNames.size);
    expect(outcomes).toEqual(new Set(['alerted', 'isolated', 'refused', 'rejected', 'retained']));
    expect(world.log.lines.some(({ event }) => event === 'handling_failed')).toBe(true);
  });

  it('can find them: they are in the isolated copies, and where they must be in the findings', () => {
    const copies = world
      .copies()
      .flatMap((key) => world.versions(world.isolationBucket, key).map(textOf))
      .join('\n');
    const moved = ['encounters', 'observations', 'patients', 'procedures', 'providers'];

    for (const table of moved) {
      for (const value of planted.get(table)?.values ?? []) expect(copies).toContain(value);
    }
    expect(told.get('bodies of parked messages')).toContain(columnMark);
    expect(told.get('bodies of parked messages')).toContain(pathMark);
  });

  it.each(['logs', 'metrics', 'alerts', 'records', 'attributes of parked messages'])(
    'shows none in its %s, and no column name or JSON path',
    (what) => {
      const text = told.get(what) ?? '';

      expect(text.length).toBeGreaterThan(500);
      expect(values().filter((value) => text.includes(value))).toEqual([]);
      expect(text).not.toContain(columnMark);
      expect(text).not.toContain(pathMark);
      expect(text.toLowerCase()).not.toContain('canary');
    },
  );
});
