import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../../src/core/errors.ts';
import { isolationKey, recordKey } from '../../../../src/core/evidence/keys.ts';
import { parseRequest } from '../../../../src/core/evidence/requests.ts';
import type { FlaggedObject } from '../../../../src/core/finding.ts';
import { type RequestPorts, requestIsolations } from '../../../../src/core/operate/request-isolation.ts';
import { createCallLog } from '../../../support/fake-call-log.ts';
import { createFakeControlObjects } from '../../../support/fake-control-objects.ts';
import { createFakeSourceBuckets } from '../../../support/fake-source-buckets.ts';
import { md5Hex } from '../../../support/findings.ts';

const at = new Date('2026-11-20T10:00:00Z');
const word = { who: 'Ada', why: 'case 12' };
const named = (key: string): FlaggedObject => ({
  accountId: '444455556666',
  region: 'us-east-1',
  bucket: 'lake-raw',
  key,
});

function open(versioning: 'enabled' | 'never' = 'never') {
  const log = createCallLog();
  const source = createFakeSourceBuckets(log, versioning);
  const requests = createFakeControlObjects(at);
  requests.before = (call) => log.perform(`requests.${call}`, () => undefined);
  const evidence = new Set<string>();
  const sent: string[] = [];
  const ports: RequestPorts = {
    source,
    requests,
    evidence: {
      async *keys(prefix) {
        await log.perform('evidence.keys', () => undefined);
        for (const key of evidence) if (key.startsWith(prefix)) yield key;
      },
    },
    send: (ids) =>
      log.perform('send', () => {
        // What is sent is always there to be read.
        for (const id of ids) expect(requests.texts.has(`requests/${id}.json`)).toBe(true);
        sent.push(...ids);
      }),
    isolationBucket: 'isolation',
  };
  return { evidence, log, ports, requests, sent, source, ask: requestIsolationsOf(ports) };
}
const requestIsolationsOf =
  (ports: RequestPorts) =>
  (...objects: FlaggedObject[]) =>
    requestIsolations(objects, word, ports);

describe('requesting an isolation', () => {
  it('puts who, why and the object as it is at that moment, and then sends the id', async () => {
    const world = open('enabled');
    const versionId = world.source.upload(named('a.csv'), 'secret');

    const [requested] = await world.ask(named('a.csv'));

    const [id = ''] = world.sent;
    expect(id).toMatch(/^manual-[0-9a-f]{32}$/);
    expect(requested).toMatchObject({ kind: 'requested', isRepeated: false });
    expect(parseRequest(world.requests.texts.get(`requests/${id}.json`) ?? '', id)).toEqual({
      id,
      ...word,
      requestedAt: at,
      object: { ...named('a.csv'), versionId, eTag: md5Hex('secret'), sizeBytes: 6 },
    });
  });

  it('takes an ETag in capitals, and requests the ETag as the store gives it', async () => {
    const world = open();
    world.source.upload(named('a.csv'), 'secret');

    const wanted = { ...named('a.csv'), eTag: md5Hex('secret').toUpperCase() };

    expect(await world.ask(wanted)).toMatchObject([
      { kind: 'requested', request: { object: { eTag: md5Hex('secret') } } },
    ]);
  });

  it('puts no second request where the command is repeated, and sends the same id again', async () => {
    const world = open();
    world.source.upload(named('a.csv'), 'secret');
    await world.ask(named('a.csv'));
    const [id = ''] = world.sent;
    world.evidence.add(recordKey({ id, createdAt: at }, { name: 'refused' }));
    world.requests.at = new Date('2026-11-21T10:00:00Z');

    const [again] = await requestIsolations([named('a.csv')], { who: 'Bob', why: 'other' }, world.ports);

    expect(again).toMatchObject({
      kind: 'requested',
      isRepeated: true,
      request: { ...word, requestedAt: at },
      outcomes: ['refused'],
    });
    expect(world.sent).toEqual([id, id]);
    expect(world.requests.writes).toHaveLength(1);
  });

  it('makes a new request about an object that was put again', async () => {
    const world = open();
    world.source.upload(named('a.csv'), 'secret');
    await world.ask(named('a.csv'));
    world.source.erase(named('a.csv'));
    world.source.upload(named('a.csv'), 'secret', { lastModified: new Date('2026-11-21T00:00:00Z') });

    await world.ask(named('a.csv'));

    expect(new Set(world.sent).size).toBe(2);
  });

  it('takes the request of another operator who was faster', async () => {
    const world = open();
    world.source.upload(named('a.csv'), 'secret');
    let others = 1;
    const { before } = world.requests;
    world.requests.before = async (call, key) => {
      await before(call, key);
      if (call !== 'write' || others === 0) return;
      others -= 1;
      await requestIsolations([named('a.csv')], { who: 'Bob', why: 'first' }, world.ports);
    };

    expect(await world.ask(named('a.csv'))).toMatchObject([{ isRepeated: true, request: { who: 'Bob' } }]);
    expect(world.requests.writes).toHaveLength(1);
  });

  it.each<[string, string, (world: ReturnType<typeof open>) => FlaggedObject]>([
    ['absent', 'nothing is there', () => named('none.csv')],
    ['isolation-bucket', 'it lies in the isolation bucket', () => ({ ...named('a'), bucket: 'isolation' })],
    [
      'changed',
      'the object was overwritten',
      ({ source }) => {
        source.upload(named('a.csv'), 'new');
        return { ...named('a.csv'), eTag: md5Hex('secret') };
      },
    ],
    [
      'marker',
      'a delete marker hides the object',
      ({ source }) => {
        source.upload(named('a.csv'), 'secret');
        source.erase(named('a.csv'));
        return named('a.csv');
      },
    ],
    [
      'marker',
      'the version is a delete marker',
      ({ source }) => {
        source.upload(named('a.csv'), 'secret');
        source.erase(named('a.csv'));
        return { ...named('a.csv'), versionId: source.entries(named('a.csv'))[0]?.versionId ?? '' };
      },
    ],
    [
      'absent',
      'there is no such version',
      ({ source }) => {
        source.upload(named('a.csv'), 'secret');
        return { ...named('a.csv'), versionId: 'v99' };
      },
    ],
    [
      'isolated',
      'a copy of these bytes is there',
      ({ evidence }) => {
        const object = { ...named('a.csv'), eTag: md5Hex('secret') };
        evidence.add(isolationKey(object, 0));
        return object;
      },
    ],
    [
      'isolated',
      'a copy of these bytes is there, and other bytes lie at the source',
      ({ evidence, source }) => {
        const object = { ...named('a.csv'), eTag: md5Hex('secret') };
        evidence.add(isolationKey(object, 0));
        source.upload(named('a.csv'), 'new');
        return object;
      },
    ],
    [
      'isolated',
      'a copy of the key is there',
      ({ evidence }) => {
        evidence.add(isolationKey({ ...named('a.csv'), eTag: md5Hex('secret') }, 0));
        return named('a.csv');
      },
    ],
    [
      'absent',
      'there is a copy of a longer key only',
      ({ evidence }) => {
        evidence.add(isolationKey({ ...named('a.csv@x/b'), eTag: md5Hex('secret') }, 0));
        return named('a.csv');
      },
    ],
    [
      'unreadable',
      'the object may not be read',
      ({ log }) => {
        log.on({
          at: 'source.head',
          before: () => {
            throw new RefusedError('access-denied', 'no');
          },
        });
        return named('a.csv');
      },
    ],
    [
      'no-identity',
      'the store names no ETag that S3 would give',
      ({ source }) => {
        source.upload(named('a.csv'), 'secret', { eTag: 'W/x' });
        return named('a.csv');
      },
    ],
  ])('says %s and puts nothing where %s', async (kind, _where, arrange) => {
    const world = open(kind === 'marker' || _where.includes('version') ? 'enabled' : 'never');
    const wanted = arrange(world);

    expect(await world.ask(wanted)).toMatchObject([{ kind }]);
    expect([...world.requests.texts.keys(), ...world.sent]).toEqual([]);
  });

  it('goes on after a crash before or after any call: every object is requested, and none twice', async () => {
    const objects = [named('a.csv'), named('b.csv'), named('c.csv')];
    const arranged = () => {
      const world = open();
      for (const object of objects) world.source.upload(object, object.key);
      return world;
    };
    const whole = arranged();
    await whole.ask(...objects);
    const calls = whole.log.names.length;
    expect(calls).toBe(10);

    for (let call = 1; call <= calls; call += 1) {
      for (const when of ['before', 'after'] as const) {
        const world = arranged();
        const crash = () => {
          throw new Error('killed');
        };
        world.log.on({ at: call, [when]: crash });
        await expect(world.ask(...objects)).rejects.toThrow('killed');

        await world.ask(...objects);

        expect(new Set(world.sent), `${when} call ${call}`).toEqual(new Set(whole.sent));
        expect(world.requests.writes, `${when} call ${call}`).toHaveLength(objects.length);
      }
    }
  });
});
