import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../../../src/core/errors.ts';
import { releaseKey } from '../../../../../src/core/evidence/keys.ts';
import { releaseMark } from '../../../../../src/core/evidence/release-records.ts';
import { fenceTag } from '../../../../../src/core/fences.ts';
import { releaseInPlace } from '../../../../../src/core/operate/release/release-in-place.ts';
import type { Tag } from '../../../../../src/core/properties.ts';
import { createFakeWorld } from '../../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject } from '../../../../support/findings.ts';

const object = flaggedObject();
const { id } = finding();
const team: Tag = ['team', 'payroll'];
const fence: Tag = [fenceTag, id];
const mark: Tag = [releaseMark, 'true'];
const because = { who: 'somebody', why: 'a false positive' };

function worldWith(versioning: 'enabled' | 'never', tags: readonly Tag[]) {
  const world = createFakeWorld(versioning);
  const versionId = world.source.upload(object, flaggedBytes);
  world.source.setTags(object, [...tags], versionId);
  const flagged = { ...object, ...(versionId !== undefined && { versionId }) };
  const ports = { ...world.ports, tags: world.source.sourceTags };
  return {
    world,
    versionId,
    release: (about = flagged) => releaseInPlace(about, id, because, ports),
    tags: () => world.source.tagsOf(object, versionId),
  };
}

describe('a release of what never left its source', () => {
  it('takes the fence away, marks the object and keeps its own tags', async () => {
    const { release, tags } = worldWith('enabled', [team, fence]);

    expect(await release()).toBe('released');
    expect(tags()).toEqual([team, mark]);
  });

  it('writes who and why under the ETag and under the version, before it touches the tags', async () => {
    const { release, versionId, world } = worldWith('enabled', [fence]);

    await release();

    const records = world.keys('releases/').toSorted();
    expect(records).toEqual(
      [releaseKey(object, flaggedETag), releaseKey(object, versionId ?? '')].toSorted(),
    );
    expect(JSON.parse(world.isolation.objects.get(records[0] ?? '')?.bytes ?? '')).toMatchObject({
      who: 'somebody',
      why: 'a false positive',
      finding_id: id,
      lost: [],
    });
    const names = [...world.log.names];
    expect(names.lastIndexOf('isolation.put')).toBeLessThan(names.indexOf('tags.replace'));
  });

  it('says who took a fence away that came after an earlier release', async () => {
    const { release, world } = worldWith('never', [fence]);
    await release();
    world.source.setTags(object, [fence]);
    const ports = { ...world.ports, tags: world.source.sourceTags };

    await releaseInPlace(object, id, { who: 'Grace', why: 'again' }, ports);

    const whose = world
      .keys('releases/')
      .map((key) => JSON.parse(world.isolation.objects.get(key)?.bytes ?? '').who);
    expect(whose).toHaveLength(2);
    expect(new Set(whose)).toEqual(new Set(['Grace', because.who]));
  });

  it('has one record where the object has no version', async () => {
    const { release, world } = worldWith('never', [fence]);

    expect(await release()).toBe('released');
    expect(world.keys('releases/')).toEqual([releaseKey(object, flaggedETag)]);
  });

  it('marks an object without a fence, too', async () => {
    const { release, tags } = worldWith('never', []);

    await release();
    expect(tags()).toEqual([mark]);
  });

  it('can be repeated: the tags are written once', async () => {
    const { release, tags, world } = worldWith('never', [team, fence]);
    await release();
    world.log.clear();

    expect(await release()).toBe('released');
    expect(tags()).toEqual([team, mark]);
    expect(world.log.names).not.toContain('tags.replace');
  });

  it('puts no mark beside ten tags of the owner: the record alone says it', async () => {
    const ten = Array.from({ length: 10 }, (_, index): Tag => [`t${index}`, 'x']);
    const { release, tags, world } = worldWith('never', ten);

    expect(await release()).toBe('released');
    expect(tags()).toEqual(ten);
    expect(world.keys('releases/')).toHaveLength(1);
  });

  it('puts the mark in the place of the fence where there are ten tags with it', async () => {
    const nine = Array.from({ length: 9 }, (_, index): Tag => [`t${index}`, 'x']);
    const { release, tags } = worldWith('never', [...nine, fence]);

    await release();
    expect(tags()).toEqual([...nine, mark]);
  });

  it('records nothing if the flagged bytes are not there', async () => {
    const { release, world } = worldWith('never', []);
    world.source.upload(object, 'other bytes');

    expect(await release()).toBe('absent');
    expect(world.keys('releases/')).toEqual([]);
  });

  it('records nothing if nobody can tell which version is flagged', async () => {
    const { release, world } = worldWith('never', []);
    world.log.on({
      at: 'source.listVersions',
      before() {
        throw new RefusedError('access-denied', 'no');
      },
    });

    expect(await release()).toBe('unknown');
    expect(world.keys('releases/')).toEqual([]);
  });

  it.each(['tags.read', 'tags.replace'])('is absent if the object goes before %s', async (at) => {
    const { release, world } = worldWith('never', [fence]);
    world.log.on({ at, nth: 1, before: () => world.source.erase(object) });

    expect(await release()).toBe('absent');
  });
});
