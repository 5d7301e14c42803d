import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/core/outcome.ts';
import { localAccount, localRegion } from '../../src/local/account.ts';
import { MacieError } from '../../src/local/macie/macie-error.ts';
import { commandLine } from '../support/command-line.ts';
import { receivedFrom } from '../support/dead-letters.ts';
import { macieDetail } from '../support/findings.ts';
import { jsonLines } from '../support/json-lines.ts';
import { stopClockAtNoon } from '../support/noon.ts';
import { seededId, seedRecord } from '../support/seeded-records.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ stopped: true });
});
afterAll(() => world.close());

const dayMs = 86_400_000;
/** The day before yesterday: yesterday does not lie in the span as a whole before a quarter past midnight. */
const theDay = new Date(Date.now() - 2 * dayMs).toISOString().slice(0, 10);
const at = (time: string) => new Date(`${theDay}T${time}Z`);
let number = 0;
let ids: string[] = [];

beforeEach(async () => {
  for (const { id } of world.aws.macie.findings.in(localRegion)) world.aws.macie.findings.forget(id);
  const { objects } = world.aws.s3.store.bucket(world.isolationBucket);
  for (const key of objects.keys()) objects.delete(key);
  world.aws.macie.refuse(undefined);
  await receivedFrom(world, world.aws.dataPlane.queueUrl);
  ids = [];
});

/** A finding of Macie, with the records of these outcomes. */
function known(
  createdAt: Date,
  outcomes: readonly Outcome[] = [],
  { bucket = 'lake-raw', key = 'in/a.csv', severity = 'High' } = {},
): string {
  number += 1;
  const id = seededId(number);
  const detail = macieDetail(
    { id, accountId: localAccount, region: localRegion, createdAt: createdAt.toISOString() },
    { key },
  );
  const affected = detail['resourcesAffected'] as { s3Bucket: Record<string, unknown> };
  affected.s3Bucket['name'] = bucket;
  world.aws.macie.findings.add({ ...detail, severity: { description: severity, score: 3 }, id });
  for (const outcome of outcomes) seedRecord(world, { finding: { id, createdAt }, outcome });
  ids.push(id);
  return id;
}

const run = (argv: readonly string[], answers?: string) =>
  commandLine(argv, world.aws.workerEnvironment, answers === undefined ? {} : { answers });
/** Begins before that day even if a new day begins while these tests run. */
const since = '4d';
const reconcile = (...flags: string[]) => run(['reconcile', '--since', since, ...flags]);
const backfill = (...flags: string[]) => run(['backfill', '--since', since, ...flags]);
const sent = async () =>
  (await receivedFrom(world, world.aws.dataPlane.queueUrl)).map(({ attributes, body }) => ({
    attributes,
    event: JSON.parse(body) as { readonly detail: { readonly id: string } },
  }));
const sentIds = async () => (await sent()).map(({ event }) => event.detail.id).toSorted();

/** One finding of each state, in the order of their times. */
function everyState() {
  return {
    done: known(at('01:00:00'), [{ name: 'isolated' }]),
    missing: known(at('02:00:00')),
    readable: known(at('03:00:00'), [{ name: 'retained', reason: 'locked' }]),
    held: known(at('04:00:00'), [{ name: 'held', reason: 'rule-limit' }]),
    dryRun: known(at('05:00:00'), [{ name: 'dry_run' }]),
    orphan: orphan(at('06:00:00')),
  };
}

/** A record whose finding Macie does not know. */
function orphan(createdAt: Date): string {
  number += 1;
  const id = seededId(number);
  seedRecord(world, { finding: { id, createdAt }, outcome: { name: 'alerted' } });
  ids.push(id);
  return id;
}

/** A finding that Macie lists, and does not know when it is asked for it. */
function forgottenOnceListed(createdAt: Date): string {
  const id = known(createdAt);
  world.aws.macie.refuse(({ operation }) => {
    if (operation === 'GetFindings') world.aws.macie.findings.forget(id);
    return undefined;
  });
  return id;
}

const aWholeSpan =
  /^Findings from \S+ \d\d:\d\d to \S+ \d\d:\d\d UTC; the last quarter of an hour is left out\.\n?$/;

describe('reconcile', () => {
  it('compares no day that is still to come, whatever its --until', async () => {
    known(at('01:00:00'));

    const { code, err, out } = await run(['reconcile', '--since', since, '--until', '9999-12-31', '--jsonl']);

    expect(code).toBe(3);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(err).toMatch(/^Findings from \S+ \S+ to 20\d\d-/m);
  });

  it('shows each finding with its sign, and the totals', async () => {
    const of = everyState();

    const { code, err, out } = await reconcile();

    expect(code).toBe(3);
    expect(out).toBe(
      [
        '   FINDING                           DAY         SEVERITY  BUCKET    KEY       OUTCOMES',
        `=  ${of.done}  ${theDay}  High      lake-raw  in/a.csv  isolated`,
        `-  ${of.missing}  ${theDay}  High      lake-raw  in/a.csv  -`,
        `!  ${of.readable}  ${theDay}  High      lake-raw  in/a.csv  retained (locked)`,
        `h  ${of.held}  ${theDay}  High      lake-raw  in/a.csv  held`,
        `~  ${of.dryRun}  ${theDay}  High      lake-raw  in/a.csv  dry_run`,
        `?  ${of.orphan}  ${theDay}  -         -         -         alerted`,
        '',
      ].join('\n'),
    );
    const [totals, span] = err.split('\n');
    expect(totals).toBe(
      '= 1 done, - 1 without a record, ! 1 can or may still be read, h 1 held by a limit, ~ 1 dry run only, ? 1 record without a finding; 0 sent.',
    );
    expect(span).toMatch(aWholeSpan);
    expect(await sentIds()).toEqual([]);
  });

  it('tells that a fence contained what stays, which somebody may have lifted since', async () => {
    const [createdAt, outcome] = [at('01:00:00'), { name: 'retained', reason: 'locked' } as const];
    const id = known(createdAt);
    const fence = { fence: 'fenced', at: createdAt, unfencedVersions: [] } as const;
    seedRecord(world, { finding: { id, createdAt }, outcome, isolation: { outcome, fence } });

    expect((await reconcile('--differences')).out).toContain('retained (locked, fenced)');
  });

  it('ends with 0 where nothing differs', async () => {
    known(at('01:00:00'), [{ name: 'refused', reason: 'access-denied' }, { name: 'isolated' }]);
    known(at('02:00:00'), [{ name: 'refused', reason: 'no-such-bucket' }]);
    known(at('03:00:00'), [{ name: 'held', reason: 'rule-limit' }, { name: 'alerted' }]);

    const { code, err } = await reconcile('--json');

    expect(code).toBe(0);
    expect(err).toMatch(/^= 3 done; 0 sent\.\nFindings from /);
  });

  it('says of which time its totals are, and that what is younger than a quarter of an hour is left out', async () => {
    const minute = `${theDay}T12:00Z`;

    const { err: whole } = await reconcile();
    const { err: part } = await run(['reconcile', '--since', minute, '--until', `${theDay}T13:30Z`]);
    const { out } = await run(['reconcile', '--since', minute, '--totals', '--json']);

    expect(whole.split('\n')[1]).toMatch(aWholeSpan);
    expect(part).toContain(`Findings from ${theDay} 12:00 to ${theDay} 13:30 UTC.\n`);
    const [row] = (JSON.parse(out) as { items: { since: string; until: string }[] }).items;
    expect(row?.since).toBe(`${theDay}T12:00:00.000Z`);
    expect(Date.now() - Date.parse(row?.until ?? '')).toBeGreaterThanOrEqual(15 * 60_000);
  });

  it('does not take a finding that was archived, or an operator’s request, for a record without one', async () => {
    const archived = known(at('01:00:00'), [{ name: 'ignored', reason: 'archived' }]);
    const finding = world.aws.macie.findings.find(localRegion, archived);
    world.aws.macie.findings.add({ ...finding, id: archived, archived: true });
    seedRecord(world, {
      finding: { id: `manual-${'a'.repeat(32)}`, createdAt: at('02:00:00') },
      outcome: { name: 'isolated' },
    });

    expect(await reconcile('--json')).toMatchObject({ code: 0 });
  });

  it('leaves alone what may still be on its way', async () => {
    known(new Date(Date.now() - 60_000));

    expect(await reconcile('--totals', '--jsonl')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(
        /^\{"done":0,"no_record":0,"readable":0,"held":0,"dry_run":0,"no_finding":0,"not_given":0,"differences":0,"sent":0,"since":"\S+Z","until":"\S+Z"\}\n$/,
      ),
    });
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['what has no record', ['--send'], ['missing']],
    ['what a limit held', ['--send-held'], ['held']],
    ['dry runs', ['--send-dry-run'], ['dryRun']],
    ['all of them', ['--send', '--send-held', '--send-dry-run'], ['missing', 'held', 'dryRun']],
  ])('sends %s', async (_, flags, names) => {
    const of: Readonly<Record<string, string>> = everyState();

    const { code, out } = await reconcile(...flags, '--yes', '--jsonl', '--differences');

    const wanted = names.map((name) => of[name] ?? '').toSorted();
    expect(code).toBe(3);
    expect(await sentIds()).toEqual(wanted);
    const rows = jsonLines(out);
    expect(rows).toHaveLength(5);
    const sentRows = rows.flatMap((row) => (row['result'] === 'sent' ? [String(row['finding_id'])] : []));
    expect(sentRows.toSorted()).toEqual(wanted);
  });

  it('--totals is one row for people too', async () => {
    everyState();

    const { code, err, out } = await reconcile('--totals');

    expect(code).toBe(3);
    expect(err).toMatch(aWholeSpan);
    expect(out).toBe(
      [
        '= DONE  - NO RECORD  ! READABLE  h HELD  ~ DRY RUN  ? NO FINDING  x NOT GIVEN  DIFFERENCES  SENT',
        '1       1            1           1       1          1             0            5            0',
        '',
      ].join('\n'),
    );
  });

  it('shows an id that Macie lists and does not give, and does not end with 0', async () => {
    known(at('01:00:00'), [{ name: 'isolated' }]);
    const id = forgottenOnceListed(at('02:00:00'));

    const { code, err, out } = await reconcile('--send', '--yes', '--differences');

    expect(code).toBe(3);
    expect(out).toMatch(new RegExp(`\\nx  ${id}  ${theDay}( +-){4}\\n$`));
    expect(err).toContain('= 1 done, x 1 listed by Macie, but not given when asked; 0 sent.');
    expect(await sentIds()).toEqual([]);
  });

  it('asks before it sends', async () => {
    everyState();

    const { code, err } = await run(['reconcile', '--since', since, '--send', '--send-held'], 'n\n');

    expect(code).toBe(1);
    expect(err).toContain('Send the findings without a record, and that a limit held to the findings queue?');
    expect(await sentIds()).toEqual([]);
  });
});

describe('backfill', () => {
  it('sends the findings as EventBridge delivers them, so that a worker isolates them', async () => {
    const working = await startWorld();
    const object = await working.upload(working.bucket(), 'in/ünï \u{1f600}.csv', 'name\nnobody\n');
    const detail = working.finding(object, { createdAt: at('01:00:00').toISOString() });
    working.aws.macie.findings.add(detail);

    const done = await commandLine(['backfill', '--since', since, '--yes'], working.aws.workerEnvironment);

    expect(done.code).toBe(0);
    await working.untilSettled(detail.id);
    expect(working.record(detail.id, 'isolated')).toMatchObject({ origin: 'backfill', key: object.key });
    expect(
      await commandLine(['backfill', '--since', since, '--yes'], working.aws.workerEnvironment),
    ).toMatchObject({ code: 0, out: '', err: expect.stringContaining('0 sent; 1 have a record already.') });
    await working.close();
  });

  it('says what it costs, asks, and sends what is not done, marked as a backfill', async () => {
    const of = everyState();

    // One page of ids and one of findings that day, and a page without ids the day before.
    const days = ['--since', new Date(at('00:00:00').getTime() - dayMs).toISOString(), '--until', theDay];
    const { code, err, out } = await run(['backfill', ...days, '--json'], 'y\n');

    expect(code).toBe(0);
    expect(err).toMatch(
      /^Macie has 5 findings since 20\S+ in us-east-1: 3 calls to list and read them, at most 5 messages in about 1 min\.\nSend them to the findings queue\? \[y\/N\] /,
    );
    expect(err).toMatch(/3 sent; 2 have a record already\.\n$/);
    expect((JSON.parse(out) as { items: unknown[] }).items).toMatchObject([
      { finding_id: of.missing, bucket: 'lake-raw', key: 'in/a.csv', severity: 'High', result: 'sent' },
      { finding_id: of.held },
      { finding_id: of.dryRun },
    ]);
    const messages = await sent();
    expect(messages.map(({ attributes }) => attributes)).toEqual(
      Array.from({ length: 3 }, () => ({ Origin: 'backfill' })),
    );
    expect(messages.find(({ event }) => event.detail.id === of.missing)?.event).toMatchObject({
      version: '0',
      'detail-type': 'Macie Finding',
      source: 'aws.macie',
      account: localAccount,
      region: localRegion,
      time: `${theDay}T02:00:00Z`,
      detail: { id: of.missing, createdAt: `${theDay}T02:00:00.000Z` },
    });
  });

  it('has failed where Macie does not give a finding that it lists, and sends the others', async () => {
    const given = known(at('01:00:00'));
    const id = forgottenOnceListed(at('02:00:00'));

    const { code, err, out } = await backfill('--yes', '--jsonl', '--fields', 'finding_id,result');

    expect(code).toBe(1);
    expect(jsonLines(out)).toEqual([
      { finding_id: given, result: 'sent' },
      { finding_id: id, result: 'not sent: Macie did not give it' },
    ]);
    expect(err).toMatch(
      /1 sent; 0 have a record already\.\nMacie listed 1 finding and did not give it\. Run the command again\.\n$/,
    );
    expect(await sentIds()).toEqual([given]);
  });

  it('--again sends what has a record too', async () => {
    const of = everyState();

    expect(await backfill('--again', '--yes')).toMatchObject({ code: 0 });

    expect(await sentIds()).toEqual([of.done, of.missing, of.readable, of.held, of.dryRun].toSorted());
  });

  it('--dry-run sends nothing', async () => {
    const id = known(at('01:00:00'));

    const { code, out } = await backfill('--dry-run', '--jsonl', '--fields', 'finding_id,result');

    expect({ code, out }).toEqual({ code: 0, out: `{"finding_id":"${id}","result":"would be sent"}\n` });
    expect(await sentIds()).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['bucket', ['--bucket', 'lake-*']],
    ['key', ['--key', '*.csv']],
    ['severity', ['--severity', 'High']],
    ['account', ['--account', localAccount]],
  ])('filters by %s', async (_, flags) => {
    const id = known(at('01:00:00'));
    const other = known(at('02:00:00'), [], { bucket: 'other', key: 'b.txt', severity: 'Low' });

    await backfill(...flags, '--yes');

    expect(await sentIds()).toEqual((flags[0] === '--account' ? [id, other] : [id]).toSorted());
  });

  it('counts one finding as one, also where it is stopped after it', async () => {
    known(at('01:00:00'));
    const shown = await backfill('--dry-run');
    known(at('02:00:00'));
    const output = new PassThrough();

    const stopped = await commandLine(
      ['backfill', '--since', since, '--yes', '--jsonl'],
      world.aws.workerEnvironment,
      { output, heard: () => output.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' })) },
    );

    expect(shown.err).toMatch(/^Macie has 1 finding since .* at most 1 message in about 1 min\.\n/);
    expect(stopped.err).toContain('Stopped after 1 finding. Go on with:');
  });

  it('lists all pages', async () => {
    for (let index = 0; index < 120; index += 1) known(at(`03:00:${String(index % 60).padStart(2, '0')}`));

    const { err } = await backfill('--yes', '--rate', '1000/s', '--jsonl');

    expect(err).toContain('Macie has 120 findings');
    expect(await sentIds()).toEqual(ids.toSorted());
  });

  it('of all that Macie keeps goes on, though its beginning is older by then', async () => {
    stopClockAtNoon();
    const begun = Date.now() - 90 * dayMs;
    orphan(new Date(begun + dayMs / 4));
    const from = (ms: number) => ['--since', new Date(begun - ms).toISOString()];

    expect(await run(['backfill', ...from(60_000), '--dry-run'])).toMatchObject({ code: 0 });
    expect(await run(['backfill', ...from(dayMs), '--dry-run'])).toMatchObject({ code: 2 });
    // Macie has forgotten findings of that day, so its records say nothing.
    expect(await run(['reconcile', ...from(dayMs / 2)])).toMatchObject({ code: 0 });
  });

  it('names the command that goes on where it stopped, and that command sends the rest', async () => {
    for (let index = 0; index < 60; index += 1) known(at(`03:00:${String(index).padStart(2, '0')}`));
    let reads = 0;
    world.aws.macie.refuse((call) => {
      if (call.operation === 'GetFindings') reads += 1;
      return reads > 1 ? new MacieError('ValidationException', 'stopped by the test') : undefined;
    });

    const stopped = await backfill('--yes', '--rate', '1000/s', '--key', "in/*'s.csv", '--key', 'in/*');

    expect(stopped.code).toBe(1);
    const first = await sentIds();
    expect(first).toEqual(ids.slice(0, 50).toSorted());
    expect(stopped.err).toContain('Stopped after 50 findings. Go on with:');
    const [, command = ''] = /\n {2}macie-isolator (.*)\n/.exec(stopped.err) ?? [];
    expect(command).toMatch(
      new RegExp(
        String.raw`^backfill --since ${theDay}T03:00:49\.000Z --until \S+ --key 'in/\*'\\''s\.csv' --key 'in/\*' --rate 1000/s$`,
      ),
    );
    world.aws.macie.refuse(undefined);
    const [since = '', until = ''] = command.match(/20\S+Z/g) ?? [];
    expect(await run(['backfill', '--since', since, '--until', until, '--yes'])).toMatchObject({ code: 0 });
    expect(await sentIds()).toEqual(ids.slice(49).toSorted());
  });
});

/** Stops with the second page of findings. */
function stopAtSecondPage(stop: () => void): void {
  for (let index = 0; index < 60; index += 1) known(at(`03:00:${String(index).padStart(2, '0')}`));
  let reads = 0;
  world.aws.macie.refuse((call) => {
    if (call.operation === 'GetFindings') reads += 1;
    if (reads === 2) stop();
    return undefined;
  });
}

describe('a stopped backfill', () => {
  it('ends at Ctrl-C between two findings, and says how to go on', async () => {
    stopAtSecondPage(() => process.emit('SIGINT'));

    const { code, err } = await backfill('--yes', '--rate', '1000/s', '--jsonl');

    expect(code).toBe(130);
    expect(err).toContain(
      `Stopped after 50 findings. Go on with:\n  macie-isolator backfill --since ${theDay}`,
    );
    expect(await sentIds()).toEqual(ids.slice(0, 50).toSorted());
  });

  it('has failed where nobody reads its output any more, and says how to go on', async () => {
    const closed = new PassThrough();
    stopAtSecondPage(() => closed.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' })));

    const { code, err } = await commandLine(
      ['backfill', '--since', since, '--yes', '--rate', '1000/s', '--jsonl'],
      world.aws.workerEnvironment,
      { output: closed },
    );

    expect(code).toBe(1);
    expect(err).toContain('Go on with:\n  macie-isolator backfill --since');
    expect(await sentIds()).toEqual(ids.slice(0, 50).toSorted());
  });
});

describe('a stopped reconcile that sends nothing', () => {
  it('shows what it found until Ctrl-C, and says that it is not all', async () => {
    stopAtSecondPage(() => process.emit('SIGINT'));

    const { code, err, out } = await reconcile();

    expect(code).toBe(130);
    expect(out.match(/lake-raw/g)).toHaveLength(50);
    expect(err).toBe('Stopped before all findings were compared. Run the same command again.\n');
  });
});

describe('a reconcile whose output nobody reads any more', () => {
  it('has failed where it sends, and says how to go on', async () => {
    for (const time of ['01:00:00', '02:00:00', '03:00:00']) known(at(time));
    const output = new PassThrough();
    const close = () => output.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }));

    const { code, err } = await commandLine(
      ['reconcile', '--since', since, '--send', '--yes', '--jsonl'],
      world.aws.workerEnvironment,
      { output, heard: close },
    );

    expect(code).toBe(1);
    expect(err).toBe('Stopped after 1 finding sent. Run the same command again to go on.\n');
    expect(await sentIds()).toEqual(ids.slice(0, 1));
  });

  it('has failed too where it was to send nothing: what it did not compare may differ', async () => {
    for (const time of ['01:00:00', '02:00:00', '03:00:00']) known(at(time));
    const output = new PassThrough();
    const close = () => output.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }));

    const { code, err } = await commandLine(
      ['reconcile', '--since', since, '--jsonl'],
      world.aws.workerEnvironment,
      { output, heard: close },
    );

    const sentence = 'Stopped before all findings were compared. Run the same command again.\n';
    expect({ code, err }).toEqual({ code: 1, err: sentence });
  });
});

describe('backfill and reconcile', () => {
  it.each<[string, readonly string[], number, string]>([
    ['more days than Macie keeps', ['backfill', '--since', '91d'], 2, 'Macie keeps findings for 90 days'],
    ['no time', ['backfill'], 2, "required option '--since <time>'"],
    ['a wrong time', ['reconcile', '--since', 'yesterday'], 2, '--since takes a time'],
    ['an empty span', ['reconcile', '--since', '5m'], 2, '--since must be before --until'],
    ['a wrong rate', ['backfill', '--since', since, '--rate', '10'], 2, '--rate takes'],
    ['a wrong severity', ['backfill', '--since', since, '--severity', 'high'], 2, '--severity takes Low'],
    ['an unknown field', ['reconcile', '--fields', 'x'], 2, 'There is no field x'],
    ['an unknown field of the totals', ['reconcile', '--totals', '--fields', 'sign'], 2, 'There is no field'],
    ['nobody who can be asked', ['reconcile', '--since', since, '--send'], 2, '--yes'],
    ['no settings', ['reconcile', '--set', 'QUEUE_URL=x'], 78, 'QUEUE_URL must be'],
  ])('end with a sentence and their exit code for %s', async (_, argv, code, sentence) => {
    known(at('01:00:00'));

    const done = await run(argv);

    expect(done).toMatchObject({ code, out: '' });
    expect(done.err).toContain(sentence);
    expect(done.err).not.toContain('    at ');
    expect(await sentIds()).toEqual([]);
  });

  it('say that Macie denies', async () => {
    world.aws.macie.refuse(() => new MacieError('AccessDeniedException', 'no'));

    const done = await reconcile('--json');

    expect(done).toMatchObject({ code: 1 });
    expect(done.err).toContain('AWS denies a call that this command needs.');
  });
});
