import type { World } from '../world.ts';
import { smallWorld } from './small-worlds.ts';

/** A schedule that once broke a promise, and what was wrong. */
interface KnownSchedule {
  readonly name: string;
  readonly world: World;
  readonly schedule: string;
}

const place = { bucket: 'data-0', key: 'k' };
const flag = { ...place, depth: 0, names: 'version-and-etag' } as const;
const flagByETag = { ...place, depth: 0, names: 'etag' } as const;

export const knownSchedules: readonly KnownSchedule[] = [
  {
    // The judge took a part of another worker for the source of the whole copy.
    name: 'a worker joins the upload of another, which copies a later write of the same bytes with other metadata',
    world: {
      ...smallWorld('enabled', [], {
        kind: 'put',
        ...place,
        bytes: 'AAAA',
        form: 'composite',
        extras: 'metadata',
      }),
      before: [{ kind: 'put', ...place, bytes: 'AAAA', form: 'composite', extras: 'tags' }],
      findings: [flagByETag],
      messages: [0, 0],
      copiesInParts: true,
    },
    schedule: 'x0 w1 w1 d0 x1 w0 w0 w0 w0 w1 w1 w0 w1 w1 w0 w0 w1',
  },
  {
    // The judge took a worker whose copy was denied for one that can look at the source.
    name: 'a copy is denied while a marker of another worker hides the object',
    world: {
      ...smallWorld('enabled', ['BBBB', 'AAAA'], {
        kind: 'deny',
        bucket: 'data-0',
        what: 'objects',
        denied: true,
      }),
      findings: [flag, flag],
      messages: [0, 1],
    },
    schedule: 'x0 w0 w0 w0 w0 w0 w0 x1 w1 w1 d0 w1 w1 w1 w1 w1 w1',
  },
  {
    // The record forgot the versions that were removed before the refusal.
    name: 'another version is removed, then the flagged one is replaced and may not be looked at',
    world: {
      ...smallWorld('enabled', [], { kind: 'deny', bucket: 'data-0', what: 'objects', denied: true }),
      sourceVersions: 'all',
      before: [
        { kind: 'put', ...place, bytes: 'AAAA', form: 'checksummed' },
        { kind: 'versioning', bucket: 'data-0', state: 'suspended' },
        { kind: 'put', ...place, bytes: 'BBBB', form: 'checksummed' },
      ],
      deeds: [
        { kind: 'deny', bucket: 'data-0', what: 'objects', denied: true },
        { kind: 'put', ...place, bytes: 'BBBB', form: 'kms' },
      ],
    },
    schedule: 'x0 w0 w0 w0 w0 w0 w0 w0 w0 d0 d1 w0 w0 w0 w0 w0 w0 w0',
  },
  {
    // It ended as refused, as if the data still lay there.
    name: 'what a finding with an ETag alone means was isolated under its version id, and the source may not be looked at',
    world: {
      ...smallWorld('enabled', ['AAAA'], { kind: 'deny', bucket: 'data-0', what: 'objects', denied: true }),
      features: ['mixed-names'],
      findings: [flag, flagByETag],
      messages: [0, 1],
    },
    schedule: 'x0 w0 w0 w0 w0 w0 w0 w0 d0 x1 w0 w0 w0 w0 w0 w0 w0',
  },
  {
    // It ended as changed, although the bytes were isolated by another finding.
    name: 'what a finding with an ETag alone means is isolated under its version id between copy and delete',
    world: {
      ...smallWorld('enabled', ['BBBB'], { kind: 'put', ...place, bytes: 'BBBB', form: 'parts-crc' }),
      features: ['mixed-names'],
      findings: [flag, flagByETag],
      messages: [0, 1],
    },
    schedule: 'x0 w1 w1 w1 w1< x0 d0 w0 x1 w1 w1 w1 w1 w1',
  },
  {
    // It ended as changed, although the other worker had isolated the bytes for the same finding.
    name: 'two workers make two copies for one finding, and one isolates while the other still copies',
    world: {
      ...smallWorld('suspended', [], { kind: 'erase', ...place }),
      before: [{ kind: 'put', ...place, bytes: 'BBBB', form: 'parts-crc' }],
      deeds: [
        { kind: 'put', ...place, bytes: 'CC', form: 'composite' },
        { kind: 'put', ...place, bytes: 'BBBB', form: 'composite', extras: 'odd' },
      ],
    },
    schedule: 'x0 w0 w0 w0 d1 x0 w1 w1 w1 w1 w1 w1 w1 w0 w0 w0 d0',
  },
  {
    // The judge took a delete that was asked again for one whose answer was heard.
    name: 'a `null` version is removed by a delete that is asked again, and another worker ends the work',
    world: {
      ...smallWorld('suspended', ['AAAA'], { kind: 'erase', ...place }),
      workerSkewsMs: [0, 500],
      faults: [['asked-again']],
    },
    schedule: 'x0 w1 w1 w1 w1 w1 w1~ x0 w0 w0 w0 w0 w0 w0 w0 w0 w0 w0 w0 w0 w0 w0',
  },
  {
    // Nobody was told of the marker, which no longer lay below the current version that was listed.
    name: 'another worker removes what lies over the marker of a dead worker, and the flagged version is locked',
    world: {
      ...smallWorld('enabled', [], { kind: 'lock', ...place, depth: 0, lock: 'locked' }),
      features: ['same-etag', 'mixed-names'],
      before: [
        { kind: 'put', ...place, bytes: 'AAAA', form: 'checksummed' },
        { kind: 'put', ...place, bytes: 'AAAA', form: 'parts-crc' },
        { kind: 'put', ...place, bytes: 'AAAA', form: 'sha' },
      ],
      findings: [{ ...place, depth: 0, names: 'version' }, flagByETag],
      messages: [0, 1],
      deeds: [
        { kind: 'put', ...place, bytes: 'AAAA', form: 'sha' },
        { kind: 'lock', ...place, depth: 0, lock: 'locked' },
      ],
      showsLocks: false,
      faults: [['answer-lost']],
    },
    schedule: 'd1 x0 w0 w0 w0 w0 w0 w0 w0 w0 w0 w0 d0 x0 w0? x1 w0 w1 w1 w1 w1 w1',
  },
  {
    // The alert named a version as left that the worker knew to be gone.
    name: 'another worker removes a listed version, hides the locked version, and dies',
    world: {
      ...smallWorld('enabled', ['AAAA'], { kind: 'lock', ...place, depth: 0, lock: 'legal-hold' }),
      sourceVersions: 'all',
      before: [
        { kind: 'put', ...place, bytes: 'AAAA', form: 'checksummed' },
        { kind: 'erase', ...place },
        { kind: 'put', ...place, bytes: 'DDDDDD', form: 'checksummed' },
      ],
      findings: [flag, flag],
      messages: [0, 1],
      deeds: [
        { kind: 'lock', ...place, depth: 0, lock: 'legal-hold' },
        { kind: 'put', ...place, bytes: 'DDDDDD', form: 'kms-crc' },
      ],
      workerSkewsMs: [0, 0],
      showsLocks: false,
    },
    schedule: 'x1 x0 d0 w1 w0 w0 d1 w0 w1 w1 w1 w1 w1 w1',
  },
];
