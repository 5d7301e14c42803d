import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { InvalidPolicyError } from '../../src/compose/policy.ts';
import { type SettingsServices, startSettingsServices } from '../../src/local/settings-services.ts';
import { commandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const policyOf = (action: string) =>
  `version: 1\nrules:\n  - { name: ${action}-all, when: { bucket: "data-*" }, action: ${action} }\ndefault: alert\n`;

/** A place of the policy outside of the worker's own files. */
interface Place {
  readonly source: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes the policy, and returns the version that the place gives to it. */
  write(world: World, text: string): Promise<string>;
}

async function inBucket(): Promise<Place> {
  const source = 's3://security-settings/isolator/policy.yaml';
  return {
    source,
    env: { POLICY_FILE: source },
    async write({ aws, s3 }, text) {
      const { store } = aws.s3;
      if (!store.buckets.has('security-settings'))
        store.createBucket('security-settings', { versioning: 'enabled' });
      const answer = await s3.send(
        new PutObjectCommand({ Bucket: 'security-settings', Key: 'isolator/policy.yaml', Body: text }),
      );
      return answer.VersionId ?? '';
    },
  };
}

async function inParameter(): Promise<Place> {
  const services: SettingsServices = await startSettingsServices({ parameters: {}, stacks: {} });
  closing.push(() => services.close());
  let version = 1;
  return {
    source: 'ssm:/macie-isolator-policy',
    env: { POLICY_FILE: 'ssm:/macie-isolator-policy', AWS_ENDPOINT_URL_SSM: services.endpoint },
    async write(_, text) {
      services.putParameter('/macie-isolator-policy', text);
      version += 1;
      return String(version);
    },
  };
}

async function open({ env }: Place, options: WorldOptions = {}): Promise<World> {
  const world = await startWorld({ refreshPolicyEveryMs: 50, stopped: true, ...options, env });
  closing.push(() => world.close());
  return world;
}
async function handled(world: World) {
  const bucket = world.bucket();
  const finding = world.finding(await world.upload(bucket, 'in/a.csv', 'secret'));
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}
async function readyz(port: number) {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  return {
    status: answer.status,
    body: (await answer.json()) as { policy: { hash?: string; problem?: string } },
  };
}

describe.each([
  ['an object', inBucket],
  ['a parameter', inParameter],
])('a policy in %s', (_, placed) => {
  it('is taken up without a restart when it changes, and the record names its version', async () => {
    const place = await placed();
    const world = await open(place);
    const first = await place.write(world, policyOf('alert'));
    await world.worker.start();
    const before = await handled(world);
    expect(world.record(before, 'alerted')).toMatchObject({ policy_version: first });

    const second = await place.write(world, policyOf('isolate'));
    await world.log.untilCount(2, 'policy_taken_up', {});
    const after = await handled(world);

    const record = world.record(after, 'isolated');
    expect(record).toMatchObject({ policy_rule: 'isolate-all', policy_version: second });
    const kept = world.text(world.isolationBucket, `control/policy/${record?.policy_hash}.json`);
    expect(JSON.parse(kept ?? '')).toMatchObject({ source: place.source, version: second });
    expect(await world.log.until('policy_taken_up', { policyVersion: second })).toMatchObject({
      source: place.source,
    });
  });

  it('that cannot be read at the start keeps the worker not ready, until it can', async () => {
    const place = await placed();
    const world = await open(place);
    const { port } = await world.worker.start();
    expect(await readyz(port)).toMatchObject({
      status: 503,
      body: { policy: { problem: expect.stringMatching(`^${place.source} cannot be read`) as string } },
    });

    await place.write(world, policyOf('isolate'));
    expect(world.record(await handled(world), 'isolated')).toBeDefined();
    await eventually(async () => (await readyz(port)).status === 200);
  });

  it('that is none ends the start', async () => {
    const place = await placed();
    const world = await open(place);
    await place.write(world, 'version: 3');

    await expect(world.worker.start()).rejects.toBeInstanceOf(InvalidPolicyError);
  });

  it('that is broken by a change stays as it was', async () => {
    const place = await placed();
    const world = await open(place);
    await place.write(world, policyOf('isolate'));
    const { port } = await world.worker.start();
    const { hash } = (await readyz(port)).body.policy;

    await place.write(world, policyOf('isolat'));
    await world.log.until('policy_rejected', {});

    const { policy } = (await readyz(port)).body;
    expect(policy).toMatchObject({ hash, problem: expect.stringContaining('rules[0].action') as string });
    expect(world.record(await handled(world), 'isolated')).toMatchObject({ policy_hash: hash });
  });

  it('is read by `policy show` and `policy explain` too', async () => {
    const place = await placed();
    const world = await open(place);
    const version = await place.write(world, policyOf('isolate'));
    const env = { ...world.aws.workerEnvironment, ...place.env };

    const shown = await commandLine(['policy', 'show'], env);
    expect(shown.out).toContain(`# source  ${place.source} (version ${version})`);
    expect(shown.out).toContain('name: isolate-all');

    const finding = world.finding(await world.upload(world.bucket(), 'in/a.csv', 'secret'));
    const explained = await commandLine(['policy', 'explain', '-'], env, {
      answers: JSON.stringify(finding),
    });
    expect(explained.out).toContain('isolate by isolate-all');

    const missing = await commandLine(['policy', 'show', '--policy', `${place.source}-not-there`], env);
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('cannot be read') as string });
  });
});

describe('a policy in an object', () => {
  it('costs its bytes only when it changes', async () => {
    const place = await inBucket();
    const world = await open(place);
    await place.write(world, policyOf('isolate'));
    await world.worker.start();

    const reads = () =>
      world.aws.s3.requests.filter(
        ({ key, operation }) => key === 'isolator/policy.yaml' && operation === 'GetObject',
      );
    await eventually(async () => reads().length > 3);
    expect(
      reads()
        .slice(1)
        .every(({ status }) => status === 304),
    ).toBe(true);
    expect(await world.worker.metrics()).toContain('isolator_policy_valid 1');
  });

  it('in a bucket of another account is not read: the name may be a stranger’s by now', async () => {
    const place = await inBucket();
    const world = await open(place);
    world.aws.s3.store.createBucket('security-settings', { owner: '999999999999' });
    await place.write(world, policyOf('isolate')).catch(() => undefined);
    const { port } = await world.worker.start();

    expect((await readyz(port)).body.policy.problem).toContain('AccessDenied');
  });
});

describe('a policy in a parameter', () => {
  it('is taken up where the parameter was deleted and made anew, although its version is the same', async () => {
    const name = '/macie-isolator-policy';
    const services = await startSettingsServices({ parameters: { [name]: policyOf('isolate') }, stacks: {} });
    closing.push(() => services.close());
    const env = { POLICY_FILE: `ssm:${name}`, AWS_ENDPOINT_URL_SSM: services.endpoint };
    const world = await startWorld({ refreshPolicyEveryMs: 50, env });
    closing.push(() => world.close());
    await world.log.until('policy_taken_up', { policyVersion: '1' });

    services.replaceParameter(name, policyOf('alert'));

    await world.log.untilCount(2, 'policy_taken_up', { policyVersion: '1' });
    expect(world.record(await handled(world), 'alerted')).toMatchObject({ policy_rule: 'alert-all' });
  });
});
