import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import type { Uploaded } from '../support/uploaded.ts';
import { startWorld, textOf, type World } from '../support/world.ts';

const secret = 'name,ssn\nJane Doe,078-05-1120\n';
let world: World;

beforeAll(async () => {
  world = await startWorld({ env: { PARK_AFTER_RECEIVES: '3' } });
});
afterAll(() => world.close());

/** Puts a finding about the object on the bus and waits until its message is settled. */
async function handle(
  object: Uploaded,
  { tags, ...overrides }: Record<string, unknown> & { readonly tags?: unknown } = {},
): Promise<string> {
  const finding = world.finding(object, overrides);
  const affected = finding['resourcesAffected'] as { s3Object: Record<string, unknown> };
  if (tags !== undefined) affected.s3Object['tags'] = tags;
  await world.put(finding);
  await world.untilSettled(finding.id);
  return finding.id;
}

/** The worker asks for the isolation bucket, and for pause and budget, now and then whatever it handles. */
const isOfFindings = ({ operation, key }: { readonly operation: string; readonly key: string }) =>
  operation !== 'HeadBucket' && !key.startsWith('control/');
const copyOf = (object: Uploaded) =>
  `objects/000000000000/${object.bucket}/${object.key}@${object.versionId ?? object.eTag}`;

const subjectsOf = async (bucket: string) =>
  (await world.alerts()).filter(({ email }) => email?.includes(bucket)).map(({ subject }) => subject);

const parkedFor = async (findingId: string) =>
  (await world.parked()).filter((message) => message.findingId === findingId);

describe('isolated', () => {
  it('moves the object of an unversioned bucket, with its metadata, and leaves evidence', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'hr/pay.csv', secret, {
      Metadata: { owner: 'payroll' },
      CacheControl: 'no-store',
      Tagging: 'team=hr',
    });
    const before = world.aws.s3.requests.length;

    // Macie names the tags that it saw, so that nobody has to look for a release.
    const id = await handle(object, { tags: [{ key: 'team', value: 'hr' }] });

    expect(world.versions(bucket, 'hr/pay.csv')).toEqual([]);
    const [copy] = world.versions(world.isolationBucket, copyOf(object));
    expect(copy && textOf(copy)).toBe(secret);
    expect(copy).toMatchObject({
      metadata: { owner: 'payroll' },
      headers: { 'content-type': 'text/csv', 'cache-control': 'no-store' },
      tags: [['team', 'hr']],
    });
    expect(world.record(id, 'isolated')).toMatchObject({
      outcome: 'isolated',
      bucket,
      key: 'hr/pay.csv',
      isolation_key: copyOf(object),
      removed_versions: ['null'],
      remaining_versions: [],
      alert_result: 'sent',
      policy_rule: 'high-severity',
    });
    expect(await subjectsOf(bucket)).toEqual([
      '[macie-isolator] High Multiple, account 000000000000: Object isolated',
    ]);
    const calls = world.aws.s3.requests.slice(before).filter(isOfFindings);
    expect(calls.map(({ operation }) => operation)).toEqual([
      'HeadObject',
      'CopyObject',
      'DeleteObject',
      'PutObject',
    ]);
  });

  it('removes the flagged version and lets no older one surface', async () => {
    const bucket = world.bucket('enabled');
    const older = await world.upload(bucket, 'a.csv', 'harmless');
    const object = await world.upload(bucket, 'a.csv', secret);
    const before = world.aws.s3.requests.length;

    const id = await handle(object);

    const [marker, left, ...others] = world.versions(bucket, 'a.csv');
    expect(marker).toMatchObject({ isMarker: true });
    expect(left).toMatchObject({ id: older.versionId });
    expect(others).toEqual([]);
    expect(world.text(bucket, 'a.csv')).toBeUndefined();
    expect(world.text(world.isolationBucket, copyOf(object))).toBe(secret);
    expect(world.record(id, 'isolated')).toMatchObject({
      removed_versions: [object.versionId],
      remaining_versions: [older.versionId],
      delete_marker_version_id: marker?.id,
    });
    const calls = world.aws.s3.requests.slice(before).filter(isOfFindings);
    expect(calls.map(({ operation }) => operation)).toEqual([
      'HeadObject',
      'CopyObject',
      'ListObjectVersions',
      // Once in ten minutes for each bucket (decision 0018).
      'GetBucketVersioning',
      'DeleteObject',
      'DeleteObject',
      'PutObject',
    ]);
  });

  it('removes versions with the same bytes too, and a flagged version that is no longer current', async () => {
    const bucket = world.bucket('enabled');
    await world.upload(bucket, 'a.csv', secret);
    const object = await world.upload(bucket, 'a.csv', secret);
    await world.upload(bucket, 'a.csv', 'a new report');

    await handle(object);

    expect(world.versions(bucket, 'a.csv').map(textOf)).toEqual(['a new report']);
    expect(world.text(world.isolationBucket, copyOf(object))).toBe(secret);
  });

  it('finds a version by its ETag where the finding names none', async () => {
    const bucket = world.bucket('enabled');
    const object = await world.upload(bucket, 'a.csv', secret);
    await world.upload(bucket, 'a.csv', 'a new report');

    await handle({ ...object, versionId: undefined });

    expect(world.versions(bucket, 'a.csv').map(textOf)).toEqual(['a new report']);
  });

  it('takes the current null version of a suspended bucket, guarded by its ETag', async () => {
    const bucket = world.bucket('suspended');
    const object = await world.upload(bucket, 'a.csv', secret);

    const id = await handle({ ...object, versionId: undefined });

    expect(world.versions(bucket, 'a.csv')).toMatchObject([{ isMarker: true }]);
    expect(world.record(id, 'isolated')).toMatchObject({ removed_versions: ['null'] });
  });
});

describe('already_isolated', () => {
  it('is what a second finding about the same bytes comes to, without a second copy or alert', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    await handle(object);
    await world.alerts();
    const copies = world.copies().length;

    const id = await handle(object);

    expect(world.record(id, 'already_isolated')).toMatchObject({ isolation_key: copyOf(object) });
    expect(world.copies()).toHaveLength(copies);
    expect(await subjectsOf(bucket)).toEqual([]);
  });
});

describe('alerted', () => {
  it('tells people and leaves an object of lower severity where it is', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);

    const id = await handle(object, { severity: { score: 2, description: 'Medium' } });

    expect(world.text(bucket, 'a.csv')).toBe(secret);
    expect(world.record(id, 'alerted')).toMatchObject({ isolation_key: null, policy_rule: 'default' });
    expect(await subjectsOf(bucket)).toEqual([
      '[macie-isolator] Medium Multiple, account 000000000000: Sensitive data found, object kept',
    ]);
  });
});

describe('changed', () => {
  it('removes nothing where the object was overwritten since the scan', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    await world.upload(bucket, 'a.csv', 'a new report');

    const id = await handle(object);

    expect(world.text(bucket, 'a.csv')).toBe('a new report');
    expect(world.record(id, 'changed')).toBeDefined();
    expect(await subjectsOf(bucket)).toHaveLength(1);
  });

  const sseC = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: 'k'.repeat(32) };

  it('is said where it was overwritten by what only its owner can read', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    await world.upload(bucket, 'a.csv', 'a new report', sseC);

    const id = await handle(object);

    expect(world.record(id, 'changed')).toBeDefined();
    expect(world.versions(bucket, 'a.csv')).toHaveLength(1);
    expect(await parkedFor(id)).toEqual([]);
  });

  it('is not said of a flagged version under what only its owner can read, which is isolated', async () => {
    const bucket = world.bucket('enabled');
    const object = await world.upload(bucket, 'a.csv', secret);
    const over = await world.upload(bucket, 'a.csv', 'a new report', sseC);
    const { versionId: _, ...byETag } = object;

    const id = await handle(byETag);

    expect(world.record(id, 'isolated')).toMatchObject({ removed_versions: [object.versionId] });
    expect(world.versions(bucket, 'a.csv').map(({ id }) => id)).toEqual([over.versionId]);
  });

  it('removes nothing where it is overwritten between copy and delete', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    const hold = world.aws.s3.faults.hold((request) => request.operation === 'DeleteObject');
    const finding = world.finding(object);
    await world.put(finding);
    await hold.arrived;
    await world.upload(bucket, 'a.csv', 'a new report');
    hold.release();
    await world.untilSettled(finding.id);

    expect(world.text(bucket, 'a.csv')).toBe('a new report');
    expect(world.text(world.isolationBucket, copyOf(object))).toBe(secret);
    expect(world.record(finding.id, 'changed')).toBeDefined();
  });
});

describe('gone', () => {
  it('is said where neither source nor copy is there', async () => {
    const bucket = world.bucket();
    const object = { bucket, key: 'never.csv', eTag: '0'.repeat(32), sizeBytes: 1 };

    const id = await handle(object);

    expect(world.record(id, 'gone')).toMatchObject({ reason: 'source-absent' });
    expect(await subjectsOf(bucket)).toHaveLength(1);
  });
});

describe('retained', () => {
  const refusals: readonly [string, string, Parameters<typeof world.bucket>[0], () => S3Error][] = [
    ['delete-denied', 'the delete is denied', 'never', () => new S3Error('AccessDenied')],
    [
      'mfa-delete',
      'the delete wants MFA',
      'enabled',
      () => new S3Error('AccessDenied', 'Mfa Authentication must be used for this request'),
    ],
    [
      'conditional-delete-unsupported',
      'the store knows no conditional delete',
      'never',
      () => new S3Error('NotImplemented'),
    ],
  ];

  it.each(refusals)(
    '%s: keeps the copy and parks the message if %s',
    async (reason, _, versioning, error) => {
      const bucket = world.bucket(versioning);
      const object = await world.upload(bucket, 'a.csv', secret);
      world.aws.s3.faults.inject({
        kind: error(),
        when: (request) => request.operation === 'DeleteObject' && request.bucket === bucket,
      });

      const id = await handle(object);

      expect(world.text(bucket, 'a.csv')).toBe(secret);
      expect(world.text(world.isolationBucket, copyOf(object))).toBe(secret);
      expect(world.record(id, 'retained')).toMatchObject({ reason, isolation_key: copyOf(object) });
      expect(await parkedFor(id)).toMatchObject([{ reason, outcome: 'retained' }]);
      expect(await subjectsOf(bucket)).toHaveLength(1);
    },
  );

  it.each([
    ['locked', { retention: { mode: 'GOVERNANCE', until: new Date('2999-01-01') } }],
    ['legal-hold', { legalHold: true }],
  ] as const)('%s: looks for the lock before it deletes anything', async (reason, lock) => {
    const bucket = world.bucket('enabled');
    await world.upload(bucket, 'a.csv', 'harmless');
    const object = await world.upload(bucket, 'a.csv', secret);
    const [version] = world.versions(bucket, 'a.csv');
    Object.assign(version ?? {}, lock);

    const id = await handle(object);

    expect(world.text(bucket, 'a.csv')).toBe(secret);
    expect(world.versions(bucket, 'a.csv')).toHaveLength(2);
    expect(await parkedFor(id)).toMatchObject([{ reason, outcome: 'retained' }]);
  });

  it('unguardable-null-version: leaves a null version that a PUT may replace', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    world.aws.s3.store.bucket(bucket).versioning = 'enabled';
    await world.upload(bucket, 'a.csv', 'a new report');
    world.aws.s3.store.bucket(bucket).versioning = 'suspended';

    const id = await handle(object);

    expect(world.versions(bucket, 'a.csv').map(textOf)).toEqual(['a new report', secret]);
    expect(await parkedFor(id)).toMatchObject([{ reason: 'unguardable-null-version', outcome: 'retained' }]);
  });

  it('retries-exhausted: parks with the name of the last error what keeps failing after the copy', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    world.aws.s3.faults.inject({
      kind: 'internal-error',
      when: (request) => request.operation === 'DeleteObject' && request.bucket === bucket,
    });

    const id = await handle(object);

    expect(world.text(bucket, 'a.csv')).toBe(secret);
    expect(world.record(id, 'retained')).toMatchObject({ reason: 'InternalError', receive_count: 3 });
    expect(await parkedFor(id)).toMatchObject([{ reason: 'InternalError', outcome: 'retained' }]);
  });
});

describe('refused', () => {
  it.each<[string, (bucket: string, key: string) => void]>([
    [
      'access-denied',
      (bucket) => {
        const when = (request: { bucket: string }) => request.bucket === bucket;
        world.aws.s3.faults.inject({ kind: 'access-denied', when });
      },
    ],
    [
      'sse-c',
      (bucket) => {
        const text = 'The object was stored using a form of Server Side Encryption.';
        const when = (request: { bucket: string }) => request.bucket === bucket;
        world.aws.s3.faults.inject({ kind: new S3Error('InvalidRequest', text), when });
      },
    ],
    [
      'archived-storage-class',
      (bucket, key) => {
        const [version] = world.versions(bucket, key);
        if (version)
          world.aws.s3.store.bucket(bucket).objects.set(key, [{ ...version, storageClass: 'GLACIER' }]);
      },
    ],
    ['no-such-bucket', (bucket) => void world.aws.s3.store.buckets.delete(bucket)],
  ])('%s: touches nothing, and parks with the reason', async (reason, arrange) => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    arrange(bucket, 'a.csv');

    const id = await handle(object);

    expect(world.copies().filter((key) => key.includes(bucket))).toEqual([]);
    expect(world.record(id, 'refused')).toMatchObject({ reason, isolation_key: null });
    expect(await parkedFor(id)).toMatchObject([{ reason, outcome: 'refused' }]);
    expect(await subjectsOf(bucket)).toEqual([
      `[macie-isolator] High Multiple, account 000000000000: Object NOT isolated (${reason})`.slice(0, 99),
    ]);
  });

  it.each(['eu-central-1', 'US-WEST-2 ', '', 7])(
    'cross-region: does not take personal data out of the region %j',
    async (region) => {
      const bucket = world.bucket();
      const object = await world.upload(bucket, 'a.csv', secret);

      const id = await handle(object, { region });

      expect(world.text(bucket, 'a.csv')).toBe(secret);
      expect(await parkedFor(id)).toMatchObject([{ reason: 'cross-region' }]);
    },
  );

  it('verification-failed: leaves the source where two copies are not what was asked for', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    const wrong = { Body: 'not what was asked for', Metadata: {} };
    await world.upload(world.isolationBucket, copyOf(object), wrong.Body);
    await world.upload(world.isolationBucket, `${copyOf(object)}~1`, wrong.Body);

    const id = await handle(object);

    expect(world.text(bucket, 'a.csv')).toBe(secret);
    expect(world.text(world.isolationBucket, copyOf(object))).toBe(wrong.Body);
    expect(await parkedFor(id)).toMatchObject([{ reason: 'verification-failed' }]);
  });

  it('retries-exhausted: parks what keeps failing before there is a copy', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    const when = (request: { bucket: string }) => request.bucket === bucket;
    world.aws.s3.faults.inject({ kind: 'internal-error', when });

    const id = await handle(object);

    expect(world.record(id, 'refused')).toMatchObject({ receive_count: 3 });
    expect(await parkedFor(id)).toMatchObject([{ outcome: 'refused' }]);
    expect(await world.worker.metrics()).toContain(
      'isolator_isolations_total{outcome="refused",reason="retries-exhausted"} 1',
    );
  });
});

describe('ignored', () => {
  it('sample: comes through the rule of findings, as a probe of the way, and is acknowledged', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    const finding = world.finding(object, { sample: true });

    expect(await world.put(finding)).toEqual(['FindingsRule']);
    await world.untilSettled(finding.id);

    expect(world.text(bucket, 'a.csv')).toBe(secret);
    expect(world.record(finding.id, 'ignored')).toMatchObject({ reason: 'sample', alert_result: 'none' });
  });

  it('archived: is kept off the queue by the rule, and acknowledged by the worker', async () => {
    const bucket = world.bucket();
    const object = await world.upload(bucket, 'a.csv', secret);
    const finding = world.finding(object, { archived: true });

    expect(await world.put(finding)).toEqual([]);
    await world.send(JSON.stringify(finding));
    await world.untilSettled(finding.id);

    expect(world.text(bucket, 'a.csv')).toBe(secret);
    expect(world.record(finding.id, 'ignored')).toMatchObject({ reason: 'archived', alert_result: 'none' });
  });

  it('isolation-bucket: never moves isolated objects round', async () => {
    const object = await world.upload(world.isolationBucket, 'objects/x', secret);
    const finding = world.finding(object);

    expect(await world.put(finding)).toEqual([]);
    await world.send(JSON.stringify(finding));
    await world.untilSettled(finding.id);

    expect(world.text(world.isolationBucket, 'objects/x')).toBe(secret);
    expect(world.record(finding.id, 'ignored')).toMatchObject({ reason: 'isolation-bucket' });
  });

  it('policy-finding: is about a bucket and names no object', async () => {
    const detail = {
      ...world.finding({ bucket: 'b', key: 'k', eTag: '0'.repeat(32), sizeBytes: 1 }),
      type: 'Policy:IAMUser/S3BucketPublic',
      category: 'POLICY',
      resourcesAffected: { s3Bucket: { name: 'b' }, s3Object: null },
    };

    expect(await world.put(detail)).toEqual([]);
    await world.send(JSON.stringify(detail));
    await world.untilSettled(detail.id);

    expect(world.record(detail.id, 'ignored')).toMatchObject({ reason: 'policy-finding' });
  });

  it('a finding that another source puts on the bus reaches no rule', async () => {
    const object = await world.upload(world.bucket(), 'a.csv', secret);
    const rules = await world.aws.dataPlane.bus.put({
      source: 'macie-isolator',
      detailType: 'Macie Finding',
      detail: world.finding(object),
    });

    expect(rules).toEqual([]);
  });
});

describe('a fault that passes', () => {
  it.each(['slow-down', 'internal-error', 'reset', 'lost-response', 'error-in-200'] as const)(
    'leads to one isolated outcome: %s',
    async (kind) => {
      const bucket = world.bucket();
      const object = await world.upload(bucket, 'a.csv', secret);
      for (const operation of ['HeadObject', 'CopyObject', 'DeleteObject']) {
        if (kind === 'error-in-200' && operation !== 'CopyObject') continue;
        const about = (request: { operation: string; bucket: string; key: string }) =>
          request.operation === operation && (request.bucket === bucket || request.key.includes(bucket));
        world.aws.s3.faults.inject({ kind, when: about, times: 1 });
      }

      const id = await handle(object);

      expect(world.versions(bucket, 'a.csv')).toEqual([]);
      expect(world.text(world.isolationBucket, copyOf(object))).toBe(secret);
      expect(world.record(id, 'isolated')).toBeDefined();
      expect(await subjectsOf(bucket)).toHaveLength(1);
    },
  );
});
