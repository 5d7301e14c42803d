import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { discardKey, rejectedBodyKey, sha256Hex } from '../../src/core/evidence/keys.ts';
import { localAccount } from '../../src/local/account.ts';
import { cutOffAt } from '../support/cut-off.ts';
import { dlq, receivedFrom, sendTo } from '../support/dead-letters.ts';
import { startWorld, type World } from '../support/world.ts';

/** No worker runs, so that what is parked and sent stays where the commands put it. */
let world: World;

beforeEach(async () => {
  world = await startWorld({ stopped: true });
});
afterEach(async () => {
  vi.useRealTimers();
  await world.close();
});

const id = (letter: string) => letter.repeat(32);
const event = (findingId: string) => JSON.stringify({ source: 'aws.macie', detail: { id: findingId } });
const parked = (findingId: string, more: Readonly<Record<string, string>> = {}, body = event(findingId)) =>
  sendTo(world, world.aws.dataPlane.deadLetterQueueUrl, body, {
    Reason: 'access-denied',
    Outcome: 'refused',
    FindingId: findingId,
    SourceMessageId: 'source',
    ...more,
  });
const undelivered = (findingId: string) =>
  sendTo(world, world.aws.dataPlane.rulesDeadLetterQueueUrl, event(findingId), {
    ERROR_CODE: 'NO_PERMISSIONS',
    RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/macie',
  });
const sent = () => receivedFrom(world, world.aws.dataPlane.queueUrl);
const left = async () => [
  ...(await receivedFrom(world, world.aws.dataPlane.deadLetterQueueUrl)),
  ...(await receivedFrom(world, world.aws.dataPlane.rulesDeadLetterQueueUrl)),
];
const items = (out: string) => (JSON.parse(out) as { items: Record<string, unknown>[] }).items;
const messageIds = (out: string) => items(out).map((item) => String(item['message_id']));

/** A message that was parked without its body, which is kept in the isolation bucket. */
async function stub(body: string, kept: string | undefined): Promise<void> {
  const sha256 = sha256Hex(body);
  const key = rejectedBodyKey(sha256);
  const text = { sha256, size_bytes: body.length, source_message_id: 'm', reason: 'x', kept_at: key };
  await parked(id('f'), {}, JSON.stringify(text));
  if (kept === undefined) return;
  await world.s3.send(new PutObjectCommand({ Bucket: world.isolationBucket, Key: key, Body: kept }));
}

describe('dlq list', () => {
  it('shows the messages of all dead-letter queues, each once, and leaves them to be received at once', async () => {
    const messages = [await undelivered(id('b'))];
    for (let at = 0; at < 23; at += 1) messages.push(await parked(`${id('a').slice(4)}${1000 + at}`));

    const first = await dlq(world, ['list', '--json'], { rules: true });
    const second = await dlq(world, ['list', '--json'], { rules: true });

    expect(first).toMatchObject({ code: 0, err: '' });
    expect(messageIds(first.out).toSorted()).toEqual(messages.toSorted());
    expect(messageIds(second.out).toSorted()).toEqual(messages.toSorted());
    expect(items(first.out).filter(({ queue }) => queue === 'rules')).toMatchObject([
      {
        finding_id: id('b'),
        outcome: null,
        reason: 'NO_PERMISSIONS',
        replays: 0,
        attributes: { ERROR_CODE: 'NO_PERMISSIONS' },
      },
    ]);
    expect(await left()).toHaveLength(24);
  });

  it('says how many messages others hold, as every command that looks for messages', async () => {
    const messages = [await parked(id('a')), await parked(id('b'))];
    const QueueUrl = world.aws.dataPlane.deadLetterQueueUrl;
    const { Messages = [] } = await world.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const hidden =
      'SQS counts 1 message more than it gave: another command or a console holds it, or it was just deleted. Repeat this command in two minutes.\n';

    const list = await dlq(world, ['list', '--json']);
    const show = await dlq(world, ['show', Messages[0]?.MessageId ?? '']);
    const replay = await dlq(world, ['replay', '--all', '--dry-run']);

    expect(Messages).toHaveLength(1);
    expect(list).toMatchObject({ code: 0, err: hidden });
    expect(messageIds(list.out)).toEqual(messages.filter((message) => message !== Messages[0]?.MessageId));
    expect(show.code).toBe(1);
    expect(show.err).toMatch(/^No parked message has the id /);
    expect([show.err.endsWith(`\n${hidden}`), replay.err]).toEqual([true, hidden]);
  });

  it('is a table for people, with control characters escaped', async () => {
    const one = await parked(id('c'), { Reason: 'x\u001b[31m', Replays: '1' });
    const other = await sendTo(world, world.aws.dataPlane.deadLetterQueueUrl, 'no event');

    const { code, out } = await dlq(world, ['list']);

    expect(code).toBe(0);
    expect(out.replaceAll(/  \ds  /g, '  0s  ')).toBe(
      [
        'MESSAGE                               FINDING                           QUEUE     OUTCOME  REASON       AGE  REPLAYS',
        `${one}  cccccccccccccccccccccccccccccccc  findings  refused  x\\u001b[31m  0s   1`,
        `${other}  -                                 findings  -        unknown      0s   0`,
        '',
      ].join('\n'),
    );
  });

  it.each(['replay', 'discard'])('escapes a reason in the question of %s too', async (command) => {
    await parked(id('c'), { Reason: 'x\u001b[31m\ny' });
    const argv = command === 'replay' ? [command, '--all'] : [command, '--all', '--reason', 'case 12'];

    const { code, err } = await dlq(world, argv, { answers: 'n\n' });

    expect(code).toBe(1);
    expect(err).toContain(String.raw`1 message (1 x\u001b[31m\ny)`);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['a reason', ['--parked-for', 'locked'], ['c']],
    ['two reasons', ['--parked-for', 'locked', '--parked-for', 'NO_PERMISSIONS'], ['c', 'd']],
    ['an outcome', ['--outcome', 'retained'], ['c']],
    ['the beginning of a finding’s id', ['--finding', 'bbbbbb'], ['b']],
    ['a queue', ['--queue', 'rules'], ['d']],
    ['conditions that no message meets', ['--queue', 'rules', '--outcome', 'refused'], []],
  ])('filters by %s', async (_, flags, found) => {
    await parked(id('b'));
    await parked(id('c'), { Reason: 'locked', Outcome: 'retained' });
    await undelivered(id('d'));

    const { out } = await dlq(world, ['list', '--jsonl', '--fields', 'finding_id', ...flags], {
      rules: true,
    });

    const lines = found.map((letter) => `{"finding_id":"${id(letter)}"}\n`);
    expect(out.split(/(?<=\n)/).toSorted()).toEqual(lines.length === 0 ? [''] : lines.toSorted());
  });

  it('shows the messages of one queue where the other does not exist, and fails', async () => {
    const message = await parked(id('b'));
    const gone = `${world.aws.dataPlane.rulesDeadLetterQueueUrl}-gone`;

    const env = { RULES_DEAD_LETTER_QUEUE_URL: gone };

    const { code, err, out } = await dlq(world, ['list'], { env });
    const json = await dlq(world, ['list', '--json'], { env });

    expect(code).toBe(78);
    expect(err).toContain('A queue does not exist.');
    expect(out).toContain(message);
    expect(json.code).toBe(78);
    expect(json.out).toContain(message);
    expect(() => JSON.parse(json.out) as unknown).toThrow(SyntaxError);
  });

  it('is a block of lines for each message at a terminal of 60 columns, and breaks no id', async () => {
    const message = await parked(id('c'));

    const { out } = await dlq(world, ['list'], { columns: 60 });

    const lines = out.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual([`MESSAGE  ${message}`, `FINDING  ${id('c')}`]);
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
  });

  it('says where it stopped at its limit', async () => {
    for (const letter of 'abc') await parked(id(letter));

    const run = await dlq(world, ['list', '--limit', '2', '--json']);

    expect(items(run.out)).toHaveLength(2);
    expect(run.err).toBe('Only the first 2 messages are shown; --limit shows more.\n');
    expect(await left()).toHaveLength(3);
  });
});

describe('dlq show', () => {
  it('shows attributes and body of the messages of a finding', async () => {
    const message = await parked(id('c'));

    const run = await dlq(world, ['show', 'cccccc']);

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(
      run.out
        .replaceAll(/20\d\d-[\d-]+T[\d:.]+Z/g, '<time>')
        .replace(/receives +\d/, 'receives <n>')
        .replace(/ \ds\n/, ' 0s\n'),
    ).toBe(
      [
        `message_id   ${message}`,
        'finding_id   cccccccccccccccccccccccccccccccc',
        'queue        findings',
        'outcome      refused',
        'reason       access-denied',
        'age_seconds  0s',
        'replays      0',
        'sent_at      <time>',
        'receives <n>',
        'size_bytes   73',
        'kept_at      -',
        'attributes   {"Reason":"access-denied","Outcome":"refused","FindingId":"cccccccccccccccccccccccccccccccc","SourceMessageId":"source"}',
        'body         {"source":"aws.macie","detail":{"id":"cccccccccccccccccccccccccccccccc"}}',
        '',
      ].join('\n'),
    );
    expect(await left()).toHaveLength(1);
  });

  it('finds a message by its own id, in JSON', async () => {
    const message = await undelivered(id('d'));

    const run = await dlq(world, ['show', message, '--json'], { rules: true });

    expect(items(run.out)).toMatchObject([{ message_id: message, body: event(id('d')) }]);
  });

  it('says that there is none', async () => {
    const run = await dlq(world, ['show', id('e')]);

    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain(`No parked message has the id ${id('e')}`);
  });
});

describe('dlq replay', () => {
  it('sends messages with their attributes to the findings queue, marked as a replay, and nothing else', async () => {
    await parked(id('a'), { Origin: 'backfill' });
    await parked(id('b'), { Reason: 'locked' });

    const run = await dlq(world, ['replay', '--parked-for', 'access-denied', '--yes', '--json']);

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(items(run.out)).toMatchObject([{ finding_id: id('a'), result: 'sent' }]);
    expect(await sent()).toEqual([
      {
        body: event(id('a')),
        attributes: {
          Origin: 'replay',
          Replays: '1',
          Reason: 'access-denied',
          Outcome: 'refused',
          FindingId: id('a'),
          SourceMessageId: 'source',
        },
      },
    ]);
    expect(await left()).toMatchObject([{ body: event(id('b')) }]);
  });

  it('sends what EventBridge could not deliver, as it is', async () => {
    await undelivered(id('d'));

    expect(await dlq(world, ['replay', '--all', '--yes'], { rules: true })).toMatchObject({ code: 0 });

    expect(await sent()).toMatchObject([{ body: event(id('d')), attributes: { Origin: 'replay' } }]);
    expect(await left()).toEqual([]);
  });

  it('does not send a third time what came back before, unless it is forced to', async () => {
    await parked(id('a'), { Replays: '1' });

    const refused = await dlq(world, ['replay', '--all', '--yes', '--json']);
    expect(refused.code).toBe(1);
    expect(items(refused.out)).toMatchObject([{ result: 'came back before; --force sends it again' }]);
    expect(await sent()).toEqual([]);

    expect(await dlq(world, ['replay', '--all', '--force', '--yes'])).toMatchObject({ code: 0 });
    expect(await sent()).toMatchObject([{ attributes: { Replays: '2' } }]);
  });

  it('sends the kept body of a stub', async () => {
    const body = 'x'.repeat(1_048_536);
    await stub(body, body);

    expect(await dlq(world, ['replay', '--all', '--yes'])).toMatchObject({ code: 0 });

    // Body and attributes together are too large, so only the attributes that are needed go with it.
    const [message] = await sent();
    expect(message?.attributes).toEqual({ Origin: 'replay', Replays: '1' });
    expect(message?.body === body).toBe(true);
    expect(await left()).toEqual([]);
  });

  it.each<[string, string | undefined, string]>([
    ['is missing', undefined, 'not sent: its kept body is missing'],
    ['is another', 'altered', 'not sent: its kept body is not the one that was parked'],
  ])('leaves a stub whose kept body %s, and says so', async (_, kept, result) => {
    await stub('a body', kept);

    const run = await dlq(world, ['replay', '--all', '--yes', '--json']);

    expect(run.code).toBe(1);
    expect(items(run.out)).toMatchObject([{ result }]);
    expect(await sent()).toEqual([]);
    expect(await left()).toHaveLength(1);
  });

  it('leaves a kept body that does not fit into a message, and says so', async () => {
    const body = 'x'.repeat(1_048_576);
    await stub(body, body);

    const run = await dlq(world, ['replay', '--all', '--yes', '--json']);

    expect(items(run.out)).toMatchObject([{ result: 'not sent: too large for the findings queue' }]);
    expect(await left()).toHaveLength(1);
  });

  it('asks first, with number and reasons, and sends nothing without a yes', async () => {
    await parked(id('a'));
    await parked(id('b'));
    await parked(id('c'), { Reason: 'locked' });

    const refused = await dlq(world, ['replay', '--all'], { answers: 'n\n' });

    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      'Send 3 messages (2 access-denied, 1 locked) to the findings queue again? [y/N]',
    );
    expect(refused.err).toContain('Nothing was sent.');
    expect(await left()).toHaveLength(3);
  });

  it('--dry-run shows what would be sent and sends nothing', async () => {
    await parked(id('a'));

    const run = await dlq(world, [
      'replay',
      '--all',
      '--dry-run',
      '--jsonl',
      '--fields',
      'finding_id,result',
    ]);

    expect(run).toMatchObject({ code: 0, out: `{"finding_id":"${id('a')}","result":"would be sent"}\n` });
    expect(await left()).toHaveLength(1);
  });

  it('ends at Ctrl-C between two messages, and the same command goes on', async () => {
    for (const letter of 'abc') await parked(id(letter));
    const argv = ['replay', '--all', '--yes', '--rate', '1/h'];

    const stopped = await dlq(world, argv, {
      saw: (progress) => progress.includes('1 of 3') && process.emit('SIGINT'),
    });

    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain('Stopped after 1 of 3. Run the same command again to go on');
    expect(await sent()).toHaveLength(1);
    expect(items((await dlq(world, ['list', '--json'])).out)).toHaveLength(2);
  });

  it('a worker parks a replayed message with the number of its replays', async () => {
    const working = await startWorld();
    const url = working.aws.dataPlane.deadLetterQueueUrl;
    await sendTo(working, url, 'no event', { Reason: 'malformed', Outcome: 'rejected' });

    await dlq(working, ['replay', '--all', '--yes']);
    await working.log.until('message_settled', { how: 'park' });

    const [again] = items((await dlq(working, ['list', '--json'])).out);
    expect(again).toMatchObject({ replays: 1, attributes: { Origin: 'replay', Replays: '1' } });
    await working.close();
  });
});

describe('dlq discard', () => {
  it('records who, why and what before it deletes', async () => {
    const message = await parked(id('a'));
    await parked(id('b'));

    const run = await dlq(world, ['discard', '--finding', id('a'), '--reason', 'case 12', '--yes', '--json']);

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(items(run.out)).toMatchObject([{ message_id: message, result: 'deleted' }]);
    expect(JSON.parse(world.text(world.isolationBucket, discardKey(message)) ?? '')).toEqual({
      who: `arn:aws:sts::${localAccount}:assumed-role/worker/local`,
      why: 'case 12',
      discarded_at: expect.stringMatching(/^20.+Z$/),
      queue: 'findings',
      message_id: message,
      finding_id: id('a'),
      outcome: 'refused',
      reason: 'access-denied',
      sent_at: expect.stringMatching(/^20.+Z$/),
      size_bytes: 73,
      body_sha256: sha256Hex(event(id('a'))),
      attributes: {
        Reason: 'access-denied',
        Outcome: 'refused',
        FindingId: id('a'),
        SourceMessageId: 'source',
      },
    });
    expect(await left()).toMatchObject([{ body: event(id('b')) }]);
  });

  it('deletes nothing that could not be recorded', async () => {
    await parked(id('a'));

    const run = await dlq(world, ['discard', '--all', '--reason', 'x', '--yes', '--who', 'Ada'], {
      env: { ISOLATION_BUCKET: 'another' },
    });

    expect(run.code).toBe(78);
    expect(await left()).toHaveLength(1);
  });
});

describe('a message whose deletion fails', () => {
  it.each<[string, readonly string[], string]>([
    ['replay', [], 'sent, but not deleted: it may lie in both queues'],
    ['discard', ['--reason', 'x', '--who', 'Ada'], 'recorded, but not deleted: it may still be parked'],
  ])('is told by dlq %s, which ends there', async (command, flags, result) => {
    for (const letter of 'ab') await parked(id(letter));
    const sqs = await cutOffAt(world.aws.queues.endpoint, 'AmazonSQS.DeleteMessageBatch', 'before');

    const run = await dlq(world, [command, '--all', '--yes', '--jsonl', '--fields', 'result', ...flags], {
      env: { AWS_ENDPOINT_URL_SQS: sqs.endpoint },
    });
    await sqs.close();

    expect(run).toMatchObject({ code: 1, out: `${JSON.stringify({ result })}\n` });
    expect(run.err).toContain('AWS could not be reached.');
  });
});

describe.each(['before', 'behind'] as const)('killed %s a call and run again', (moment) => {
  async function killedAt(operation: string, argv: readonly string[]): Promise<void> {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const sqs = await cutOffAt(world.aws.queues.endpoint, `AmazonSQS.${operation}`, moment);
    expect(await dlq(world, argv, { env: { AWS_ENDPOINT_URL_SQS: sqs.endpoint } })).toMatchObject({
      code: 1,
    });
    await sqs.close();
    // What a killed command held comes back when its time is over.
    vi.setSystemTime(Date.now() + 130_000);
  }

  it.each(['ReceiveMessage', 'ChangeMessageVisibilityBatch', 'SendMessage', 'DeleteMessageBatch'])(
    'dlq replay loses nothing (%s)',
    async (operation) => {
      const argv = ['replay', '--all', '--yes'];
      for (const letter of 'ab') await parked(id(letter));

      await killedAt(operation, argv);
      expect(await dlq(world, argv)).toMatchObject({ code: 0 });

      const bodies = new Set((await sent()).map(({ body }) => body));
      expect([...bodies].toSorted()).toEqual([event(id('a')), event(id('b'))]);
      expect(await left()).toEqual([]);
    },
  );

  it('dlq discard deletes nothing without its record (DeleteMessageBatch)', async () => {
    const argv = ['discard', '--all', '--reason', 'x', '--who', 'Ada', '--yes'];
    const messages = [await parked(id('a')), await parked(id('b'))];

    await killedAt('DeleteMessageBatch', argv);
    expect(await dlq(world, argv)).toMatchObject({ code: 0 });

    for (const message of messages) {
      expect(world.text(world.isolationBucket, discardKey(message))).toContain('"who":"Ada"');
    }
    expect(await left()).toEqual([]);
  });
});

describe('dlq', () => {
  it.each<[string, readonly string[], number, string]>([
    ['no condition', ['replay', '--yes'], 2, 'Say which messages'],
    ['all and a condition', ['replay', '--all', '--parked-for', 'x', '--yes'], 2, 'not both'],
    [
      'one object of a finding',
      ['discard', '--finding', `bbbbbb~${'0'.repeat(16)}`, '--reason', 'x', '--yes'],
      2,
      'name one of them by --message',
    ],
    [
      'one object of a finding in a list',
      ['list', '--finding', `bbbbbb~${'0'.repeat(16)}`],
      2,
      '`dlq list --finding bbbbbb` shows them: name one of them by --message',
    ],
    ['a wrong rate', ['replay', '--all', '--rate', '0/s'], 2, '--rate takes messages per second'],
    ['a wrong limit', ['list', '--limit', '0'], 2, '--limit takes a whole number'],
    ['a wrong queue', ['list', '--queue', 'x'], 2, '--queue takes findings, rules'],
    ['a wrong outcome', ['list', '--outcome', 'x'], 2, '--outcome takes isolated'],
    ['the beginning of an id that is too short', ['list', '--finding', 'abc'], 2, 'first six characters'],
    ['what is no id', ['show', '../../x'], 2, 'first six characters'],
    ['an unknown field', ['list', '--fields', 'x'], 2, 'There is no field x'],
    ['no reason', ['discard', '--all', '--yes'], 2, "required option '--reason <text>'"],
    ['nobody who can be asked', ['replay', '--all'], 2, '--yes'],
    ['no queue', ['list', '--set', 'DEAD_LETTER_QUEUE_URL=x'], 78, 'DEAD_LETTER_QUEUE_URL must be'],
  ])('ends with a sentence and its exit code for %s', async (_, argv, code, sentence) => {
    await parked(id('a'));

    const run = await dlq(world, argv);

    expect(run).toMatchObject({ code, out: '' });
    expect(run.err).toContain(sentence);
    expect(run.err).not.toContain('    at ');
    expect(await left()).toHaveLength(1);
  });

  it('says that no dead-letter queue is known', async () => {
    const run = await dlq(world, ['list'], {
      env: { DEAD_LETTER_QUEUE_URL: '' },
    });

    expect(run).toMatchObject({ code: 78, out: '' });
    expect(run.err).toContain('No dead-letter queue is known.');
  });
});
