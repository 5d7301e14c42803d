import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount, localRegion } from '../../src/local/account.ts';
import { createAuthorizer } from '../support/authorize.ts';
import { type CommandRequest, callsOfCommand } from '../support/command-calls.ts';
import { type CommandRun, commandLine } from '../support/command-line.ts';
import { sendTo } from '../support/dead-letters.ts';
import { deployed } from '../support/deployed.ts';
import { macieDetail } from '../support/findings.ts';
import { type Installation, startInstallation } from '../support/installation/start-installation.ts';
import { seededId } from '../support/seeded-records.ts';

let installation: Installation;
let id: string;
let bucket: string;

beforeAll(async () => {
  installation = await startInstallation();
  const { world } = installation;
  bucket = world.bucket('enabled');
  const finding = world.finding(await world.upload(bucket, 'in/a.csv', 'name\nnobody\n'));
  await world.put(finding);
  await world.untilSettled(finding.id);
  id = finding.id;
  await world.upload(bucket, 'in/b.csv', 'name\nsomebody\n');
  const createdAt = new Date(Date.now() - 3_600_000).toISOString();
  const unknown = { id: seededId(1), accountId: localAccount, region: localRegion, createdAt };
  world.aws.macie.findings.add({ ...macieDetail(unknown), id: unknown.id });
  const body = JSON.stringify({ source: 'aws.macie', detail: { id } });
  await sendTo(world, world.aws.dataPlane.deadLetterQueueUrl, body, { Reason: 'denied', FindingId: id });
});
afterAll(() => installation.close());

/** Commands of operators, in the order in which they run here. */
const commands: Readonly<Record<string, () => readonly string[]>> = {
  status: () => ['status', '--stack', 'plane'],
  list: () => ['list'],
  show: () => ['show', id],
  'dlq list': () => ['dlq', 'list'],
  'dlq replay': () => ['dlq', 'replay', '--all', '--yes'],
  reconcile: () => ['reconcile', '--since', '1d', '--until', '1m'],
  backfill: () => ['backfill', '--since', '1d', '--yes', '--again'],
  pause: () => ['pause', '--reason', 'x', '--who', 'Ada', '--yes'],
  resume: () => ['resume', '--reason', 'x', '--who', 'Ada', '--yes'],
  isolate: () => ['isolate', `s3://${bucket}/in/b.csv`, '--reason', 'x', '--who', 'Ada', '--yes'],
};

const authorizer = createAuthorizer(deployed());

/** Rights at a source are given by its owner: the README of the templates names them. */
const isAtSource = ({ about }: CommandRequest) => about === 'source';

describe('the calls of the commands', () => {
  it('are those of the list, and the operator role may make each that is not about a source', async () => {
    const lines: string[] = [];
    const refused: string[] = [];
    for (const [name, argv] of Object.entries(commands)) {
      let run: CommandRun | undefined;
      const requests = await callsOfCommand(installation.world.isolationBucket, async () => {
        run = await commandLine(argv(), installation.env);
      });
      expect([0, 3], `${name}: ${run?.err}`).toContain(run?.code);
      const asked = new Set(requests.map(({ about, action }) => `${action} (${about})`));
      lines.push(name, ...[...asked].toSorted().map((line) => `  ${line}`));
      for (const { about, ...request } of requests.filter((each) => !isAtSource(each))) {
        const verdict = await authorizer.verdict(authorizer.operator, request);
        if (verdict !== 'Allowed') refused.push(`${name}: ${request.action} (${about})`);
      }
    }

    // Operators do not read copies. `show` says then that it could not look.
    expect([...new Set(refused)]).toEqual(['show: s3:GetObject (objects)']);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/command-calls.txt');
  });
});
