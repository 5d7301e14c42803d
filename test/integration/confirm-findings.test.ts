import { describe, expect, it } from 'vitest';
import { MacieError, type MacieErrorCode } from '../../src/local/macie/macie-error.ts';
import { eventually } from '../support/eventually.ts';
import type { World } from '../support/world.ts';
import { worldsOfEachTest } from '../support/worlds.ts';

/** Starts a worker that asks Macie, which knows nothing yet. */
const open = worldsOfEachTest(() => ({ env: { CONFIRM_FINDINGS: 'macie' } }));

type Detail = ReturnType<World['finding']>;
/** So long ago that Macie would know the finding, and not so long that it would have forgotten it. */
const longAgo = () => ({ createdAt: new Date(Date.now() - 30 * 86_400_000).toISOString() });

async function flag(world: World, overrides: Readonly<Record<string, unknown>> = {}) {
  const object = await world.upload(world.bucket('enabled'), 'a.csv', `secret ${Math.random()}`);
  return { object, finding: world.finding(object, overrides) };
}
/** What Macie knows of this finding, with another member of the object. */
function withObject(finding: Detail, s3Object: Readonly<Record<string, unknown>>): Detail {
  const affected = finding['resourcesAffected'] as { s3Object: object };
  return { ...finding, resourcesAffected: { ...affected, s3Object: { ...affected.s3Object, ...s3Object } } };
}
const refusal = (code: MacieErrorCode) => () => new MacieError(code, 'User: arn is not authorized');
const linesOf = (world: World, event: string) => world.log.lines.filter((line) => line.event === event);
const readiness = async (world: World) =>
  (await (await fetch(`http://127.0.0.1:${world.port}/readyz`)).json()) as {
    checks: readonly { name: string; ok: boolean }[];
  };

async function untouched(world: World, object: { bucket: string; key: string }): Promise<void> {
  expect(world.versions(object.bucket, object.key)).toHaveLength(1);
  expect(world.copies()).toEqual([]);
}

describe('a worker that asks Macie about findings', () => {
  it('isolates what Macie knows, and asks in the region of the finding', async () => {
    const world = await open();
    const { object, finding } = await flag(world);
    world.aws.macie.findings.add(finding);

    await world.put(finding);
    await world.untilSettled(finding.id);

    expect(world.record(finding.id, 'isolated')).toBeDefined();
    expect(world.versions(object.bucket, object.key)).toEqual([]);
    expect(world.aws.macie.calls).toEqual([
      { operation: 'GetFindings', region: 'us-east-1', input: { findingIds: [finding.id] } },
    ]);
    expect(await world.worker.metrics()).toContain('isolator_confirmations_total{result="confirmed"} 1');
  });

  it('asks no other region: a finding that only another region knows is not known', async () => {
    const world = await open({ env: { ALLOWED_SOURCE_REGIONS: 'us-east-1,eu-west-1' } });
    world.aws.macie.accountIn('eu-west-1').status = 'ENABLED';
    const { object, finding } = await flag(world, { ...longAgo(), region: 'eu-west-1' });
    world.aws.macie.findings.add({ ...finding, region: 'us-east-1' });

    await world.put(finding);
    await world.untilSettled(finding.id);

    expect(world.record(finding.id, 'rejected')?.reason).toBe('not-confirmed');
    expect(world.aws.macie.calls.map(({ region }) => region)).toEqual(['eu-west-1']);
    await untouched(world, object);
  });

  it('touches nothing for a forged finding, parks it with its reason and tells people', async () => {
    const world = await open();
    const { object, finding } = await flag(world, longAgo());

    await world.put(finding);
    await world.untilSettled(finding.id);

    await untouched(world, object);
    expect(world.record(finding.id, 'rejected')?.reason).toBe('not-confirmed');
    expect(await world.parked()).toMatchObject([{ reason: 'not-confirmed', outcome: 'rejected' }]);
    expect(await world.alerts()).toMatchObject([{ findingId: finding.id }]);
    expect(linesOf(world, 'finding_not_confirmed')).toMatchObject([
      { findingId: finding.id, why: 'unknown' },
    ]);
  });

  it.each<[string, (finding: Detail) => Detail]>([
    ['ETag', (finding) => withObject(finding, { eTag: 'f'.repeat(32) })],
    ['version', (finding) => withObject(finding, { versionId: 'another' })],
    ['key', (finding) => withObject(finding, { key: 'another.csv' })],
    ['severity', (finding) => ({ ...finding, severity: { score: 1, description: 'Low' } })],
    ['type', (finding) => ({ ...finding, type: 'SensitiveData:S3Object/Financial' })],
    ['account', (finding) => ({ ...finding, accountId: '999900001111' })],
  ])('touches nothing where Macie has the id with another %s', async (field, known) => {
    const world = await open();
    const { object, finding } = await flag(world);
    world.aws.macie.findings.add(known(finding));

    await world.put(finding);
    await world.untilSettled(finding.id);

    await untouched(world, object);
    expect(linesOf(world, 'finding_not_confirmed')).toMatchObject([{ why: 'differs', differing: [field] }]);
    expect(world.record(finding.id, 'rejected')?.reason).toBe('not-confirmed');
  });

  it('tries a young finding again until Macie knows it', async () => {
    const world = await open();
    const { object, finding } = await flag(world, { createdAt: new Date().toISOString() });

    await world.put(finding);
    await world.log.until('handling_failed', { findingId: finding.id, code: 'FindingNotKnownYet' });
    await untouched(world, object);
    world.aws.macie.findings.add(finding);
    await world.untilSettled(finding.id);

    expect(world.record(finding.id, 'isolated')).toBeDefined();
    expect(await world.parked()).toEqual([]);
  });

  it('tells people that a finding is too old to be confirmed', async () => {
    const world = await open();
    const { object, finding } = await flag(world, { createdAt: '2026-01-01T00:00:00.000Z' });

    await world.put(finding);
    await world.untilSettled(finding.id);

    await untouched(world, object);
    expect(linesOf(world, 'finding_not_confirmed')).toMatchObject([{ why: 'expired' }]);
  });

  it('trusts nobody while Macie is away, and isolates once it is back', async () => {
    const world = await open();
    const { object, finding } = await flag(world);
    world.aws.macie.findings.add(finding);
    world.aws.macie.refuse(() => 'hang up');

    await world.put(finding);
    await world.log.untilCount(2, 'handling_failed', { findingId: finding.id });
    await untouched(world, object);
    expect(linesOf(world, 'isolation_refused')).toEqual([]);
    world.aws.macie.refuse();
    await world.untilSettled(finding.id);

    expect(world.record(finding.id, 'isolated')).toBeDefined();
  });

  it('parks what Macie could not be asked about at its last receive, and never isolates it', async () => {
    const world = await open({ env: { PARK_AFTER_RECEIVES: '2' } });
    const { object, finding } = await flag(world);
    world.aws.macie.findings.add(finding);
    world.aws.macie.refuse(refusal('InternalServerException'));

    await world.put(finding);
    await world.untilSettled(finding.id);

    await untouched(world, object);
    expect(world.record(finding.id, 'refused')).toMatchObject({ reason: 'InternalServerException' });
  });

  it('halts where Macie denies the call, tells people once, parks nothing, and resumes once it may ask', async () => {
    const world = await open({ tryEveryMs: 300 });
    const findings = await Promise.all(Array.from({ length: 8 }, async () => (await flag(world)).finding));
    world.aws.macie.findings.add(...findings);
    world.aws.macie.refuse(refusal('AccessDeniedException'));

    for (const finding of findings) await world.put(finding);
    await world.log.until('isolation_refused', { code: 'AccessDeniedException', refusedBy: 'macie' });
    await eventually(async () =>
      (await readiness(world)).checks.some(({ name, ok }) => name === 'macie' && !ok),
    );
    expect((await readiness(world)).checks).toContainEqual({ name: 'isolation-bucket', ok: true });
    await world.log.untilCount(2, 'isolation_probe_failed', { code: 'AccessDeniedException' });
    expect(world.copies().filter((key) => !key.includes('/.probe@'))).toEqual([]);
    world.aws.macie.refuse();
    await world.log.until('isolation_allowed');
    await Promise.all(findings.map(({ id }) => world.untilSettled(id)));

    expect(findings.filter(({ id }) => world.record(id, 'isolated') === undefined)).toEqual([]);
    expect(await world.parked()).toEqual([]);
    const ids = findings.map(({ id }) => id);
    const told = (await world.alerts()).filter(({ findingId }) => !ids.includes(findingId));
    expect(told).toHaveLength(1);
    expect((await readiness(world)).checks).toContainEqual({ name: 'macie', ok: true });
  });

  it('probes in the region where Macie is not enabled', async () => {
    const world = await open({ tryEveryMs: 300, env: { ALLOWED_SOURCE_REGIONS: 'us-east-1,eu-west-1' } });
    const flagged = Array.from({ length: 6 }, () => flag(world, { ...longAgo(), region: 'eu-west-1' }));
    const findings = (await Promise.all(flagged)).map(({ finding }) => finding);
    for (const finding of findings) await world.put(finding);
    await world.log.until('isolation_probe_failed', { code: 'AccessDeniedException' });
    world.aws.macie.accountIn('eu-west-1').status = 'ENABLED';
    await world.log.until('isolation_allowed');
    await Promise.all(findings.map(({ id }) => world.untilSettled(id)));

    expect(new Set(world.aws.macie.calls.map(({ region }) => region))).toEqual(new Set(['eu-west-1']));
  });

  it('isolates the others of a batch that Macie refuses because of one malformed id', async () => {
    const world = await open();
    const asked = () => world.aws.macie.calls.map(({ input }) => input['findingIds'] as string[]);
    const batchesWith = (id: string) => asked().filter((ids) => ids.includes(id) && ids.length > 1);
    // A slow machine may ask for the malformed id before it has received the others.
    for (let round = 0, refused = 0; refused === 0; round += 1) {
      const flagged = await Promise.all(Array.from({ length: 5 }, () => flag(world)));
      const findings = flagged.map(({ finding }) => finding);
      const forged = { ...(await flag(world, longAgo())).finding, id: `forged-by-hand-${round}` };
      world.aws.macie.findings.add(...findings);
      const messages = [...findings.slice(0, 3), forged, ...findings.slice(3)];
      await Promise.all(messages.map((message) => world.put(message)));
      await Promise.all(messages.map(({ id }) => world.untilSettled(id)));

      expect(findings.filter(({ id }) => world.record(id, 'isolated') === undefined)).toEqual([]);
      expect(world.record(forged.id, 'rejected')?.reason).toBe('not-confirmed');
      expect(asked()).toContainEqual([forged.id]);
      refused = batchesWith(forged.id).length;
      expect(refused).toBeLessThanOrEqual(1);
    }
  });

  it('isolates everything where Macie throttles, by fewer calls than findings', async () => {
    const world = await open({ stopped: true });
    const flagged = await Promise.all(Array.from({ length: 20 }, () => flag(world)));
    const findings = flagged.map(({ finding }) => finding);
    world.aws.macie.findings.add(...findings);
    let throttled = 0;
    world.aws.macie.refuse(() => {
      throttled += 1;
      return throttled <= 4 ? new MacieError('ThrottlingException', 'Rate exceeded') : undefined;
    });
    for (const finding of findings) await world.put(finding);

    await world.worker.start();
    await Promise.all(findings.map(({ id }) => world.untilSettled(id)));

    expect(findings.filter(({ id }) => world.record(id, 'isolated') === undefined)).toEqual([]);
    expect(linesOf(world, 'isolation_refused')).toEqual([]);
    expect(world.aws.macie.calls.length).toBeLessThan(20);
  });

  it('ignores the sample findings that Macie sends, without asking', async () => {
    const world = await open();
    const { Macie2Client, CreateSampleFindingsCommand } = await import('@aws-sdk/client-macie2');
    const client = new Macie2Client({ region: 'us-east-1', endpoint: world.aws.macie.endpoint });

    await client.send(new CreateSampleFindingsCommand({ findingTypes: ['SensitiveData:S3Object/Multiple'] }));
    const { findingId } = await world.log.until('finding_handled', { outcome: 'ignored', reason: 'sample' });
    await world.untilSettled(findingId as string);
    client.destroy();

    expect(world.aws.macie.calls.map(({ operation }) => operation)).toEqual(['CreateSampleFindings']);
  });
});

describe('a worker that asks nobody about findings', () => {
  it('is the default: it never calls Macie, and has no part that could be away', async () => {
    const world = await open({ env: { CONFIRM_FINDINGS: '' } });
    const { finding } = await flag(world);

    await world.put(finding);
    await world.untilSettled(finding.id);

    expect(world.record(finding.id, 'isolated')).toBeDefined();
    expect(world.aws.macie.calls).toEqual([]);
    expect((await readiness(world)).checks.map(({ name }) => name)).not.toContain('macie');
  });
});

describe('the start of a worker', () => {
  const start = async (env: Readonly<Record<string, string>>) => {
    const world = await open({ env: { CONFIRM_FINDINGS: 'never', ...env } });
    return linesOf(world, 'confirmation_off');
  };

  it('that asks nobody, on AWS, says that it believes whoever can put a finding on the queue', async () => {
    expect(await start({ AWS_ENDPOINT_URL_MACIE2: '' })).toMatchObject([{ level: 'warn' }]);
  });

  it('that asks nobody, on stand-ins without a Macie, says nothing of it', async () => {
    expect(await start({})).toEqual([]);
  });

  it('that asks Macie says nothing of it', async () => {
    const world = await open({ env: { AWS_ENDPOINT_URL_MACIE2: '' } });
    expect(linesOf(world, 'confirmation_off')).toEqual([]);
  });
});
