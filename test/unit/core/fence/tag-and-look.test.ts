import { describe, expect, it } from 'vitest';
import { FenceInDoubtError, RefusedError } from '../../../../src/core/errors.ts';
import { type FlaggedVersion, tagAndLook } from '../../../../src/core/fence/tag-and-look.ts';
import { fenceTag, type SourceTags } from '../../../../src/core/fences.ts';
import type { Tag } from '../../../../src/core/properties.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject } from '../../../support/findings.ts';

const object = flaggedObject();
const about = finding({ object });
const fence: Tag = [fenceTag, about.id];
const owners: Tag = ['team', 'payroll'];

/** The flagged bytes at a key, the calls about tags with the versions that they name, and one tag to be put. */
function flaggedIn(state: 'never' | 'suspended', version: FlaggedVersion = {}) {
  const world = createFakeWorld(state);
  world.source.upload(object, flaggedBytes);
  world.source.setTags(object, [owners]);
  const named: string[] = [];
  const note = (call: string, versionId: string | undefined) =>
    named.push(`${call} ${versionId ?? 'current'}`);
  let answersId = true;
  const tags: SourceTags = {
    read(place, versionId) {
      note('read', versionId);
      return world.source.sourceTags.read(place, versionId);
    },
    async replace(place, versionId, put) {
      note('replace', versionId);
      const answer = await world.source.sourceTags.replace(place, versionId, put);
      return answersId ? answer : { kind: answer.kind };
    },
  };
  const ports = { ...world.ports, tags };
  return {
    source: world.source,
    told: world.fences,
    named,
    answerWithoutIds: () => void (answersId = false),
    /** What happens right before, or right after, the tag is put. */
    when: (moment: 'before' | 'after', happens: () => void) =>
      world.log.on({ at: 'tags.replace', nth: 1, [moment]: happens }),
    refuse(...calls: readonly string[]) {
      for (const at of calls) {
        world.log.on({
          at,
          before() {
            throw new RefusedError('access-denied', 'no');
          },
        });
      }
    },
    tag: () => tagAndLook(about, { eTag: flaggedETag, ...version }, [owners], ports),
  };
}

describe('a tag without the id of a version', () => {
  it('hits the flagged bytes, which the last look shows', async () => {
    const { named, source, tag } = flaggedIn('never');

    expect(await tag()).toMatchObject({ kind: 'replaced', listed: [{ versionId: 'null' }] });
    // A bucket that was never versioned has no version to name.
    expect(named).toStrictEqual(['replace current', 'read current']);
    expect(source.tagsOf(object)).toStrictEqual([owners, fence]);
  });

  it('hits nothing if the object was removed a moment before', async () => {
    const { source, tag, told, when, named } = flaggedIn('never');
    when('before', () => source.erase(object));

    expect(await tag()).toStrictEqual({ kind: 'absent' });
    expect(named).toStrictEqual(['replace current']);
    expect(told).toStrictEqual([]);
  });

  it('stays on the flagged bytes although a version with other bytes was put since, and names them', async () => {
    const { named, source, tag, told, when } = flaggedIn('never');
    when('after', () => {
      source.setVersioning('enabled');
      source.upload(object, 'newer');
    });

    expect(await tag()).toMatchObject({
      kind: 'replaced',
      listed: [{ versionId: 'v1' }, { versionId: 'null' }],
    });
    expect(named).toStrictEqual(['replace current', 'read null']);
    expect(source.tagsOf(object, 'null')).toStrictEqual([owners, fence]);
    expect(told).toStrictEqual([]);
  });

  it('is taken by its id from the version that it hit', async () => {
    const { named, source, tag, told, when } = flaggedIn('never');
    when('before', () => {
      source.setVersioning('enabled');
      source.upload(object, 'newer');
    });

    expect(await tag()).toStrictEqual({ kind: 'absent' });
    expect(named).toStrictEqual(['replace current', 'read v1', 'replace v1']);
    expect(told).toStrictEqual(['hit v1']);
  });

  it('is no fence where a marker has the place of the version', async () => {
    const { source, tag, told, when } = flaggedIn('suspended', { versionId: 'null' });
    when('after', () => source.erase(object));

    expect(await tag()).toStrictEqual({ kind: 'absent' });
    expect(told).toStrictEqual([]);
  });

  it('has to be put again if the flagged bytes were put again since, and nothing is in doubt', async () => {
    const { source, tag, when } = flaggedIn('never');
    when('after', () => void source.upload(object, flaggedBytes));

    const failed: unknown = await tag().catch((error: unknown) => error);

    expect(failed).toMatchObject({ code: 'SourceInFlux' });
    expect(failed).not.toBeInstanceOf(FenceInDoubtError);
  });

  it.each(['with', 'without'])('goes by the named version, if S3 answers %s the id', async (how) => {
    const { answerWithoutIds, named, refuse, tag } = flaggedIn('suspended', { versionId: 'null' });
    if (how === 'without') answerWithoutIds();
    refuse('source.listVersions');

    expect(await tag()).toStrictEqual({ kind: 'replaced' });
    expect(named).toStrictEqual(['replace null', 'read null']);
  });

  it('is taken from the named version if nobody may look, and nobody is told of other bytes', async () => {
    const { named, refuse, source, tag, told } = flaggedIn('suspended', { versionId: 'null' });
    refuse('source.listVersions', 'source.head');

    expect(await tag()).toStrictEqual({ kind: 'unknown' });
    expect(named).toStrictEqual(['replace null', 'read null', 'replace null']);
    expect(source.tagsOf(object)).toStrictEqual([owners]);
    expect(told).toStrictEqual([]);
  });
});
