import { aCrash, aLostAnswer, anyFault } from '../actor.ts';
import type { Versioning } from '../model/bucket.ts';
import type { Deed, Feature, World } from '../world.ts';

const place = { bucket: 'data-0', key: 'k' };
const otherPlace = { bucket: 'data-0', key: 'l' };
const removeNewest = { kind: 'delete-entry', ...place, depth: 0 } as const;

interface SmallWorld {
  readonly name: string;
  /** One version, and so the fewest states. */
  readonly isSmallest: boolean;
  readonly world: World;
}

/** Those that hold nothing beside these features. */
export function smallWorldsWith(features: readonly Feature[]): readonly SmallWorld[] {
  return smallWorlds.filter(({ world }) => world.features.every((needed) => features.includes(needed)));
}

/**
 * Up to two workers, one finding that is delivered twice or two of them under a limit, one object with up to three
 * versions, one deed of its owner, up to two faults (a crash, a lost answer, throttling). Small enough for every interleaving.
 */
export const smallWorlds: readonly SmallWorld[] = [
  small('overwritten, unversioned', 'never', ['AAAA'], put('BBBB')),
  small('put again, unversioned', 'never', ['AAAA'], put('AAAA')),
  small('erased, unversioned', 'never', ['AAAA'], { kind: 'erase', ...place }),
  small('overwritten, versioned', 'enabled', ['BBBB', 'AAAA'], put('CC')),
  small('put again, versioned', 'enabled', ['BBBB', 'AAAA'], put('AAAA')),
  small('erased, versioned', 'enabled', ['BBBB', 'AAAA'], { kind: 'erase', ...place }),
  small('newest removed', 'enabled', ['BBBB', 'AAAA'], removeNewest),
  small('locked', 'enabled', ['BBBB', 'AAAA'], { kind: 'lock', ...place, depth: 0, lock: 'legal-hold' }),
  small('an identical version', 'enabled', ['AAAA', 'BBBB', 'AAAA'], put('CC')),
  small('an identical version, locked', 'enabled', ['AAAA', 'BBBB', 'AAAA'], {
    kind: 'lock',
    ...place,
    depth: 2,
    lock: 'locked',
  }),
  small('overwritten, suspended', 'suspended', ['AAAA'], put('BBBB')),
  small('suspended in the middle', 'enabled', ['BBBB', 'AAAA'], {
    kind: 'versioning',
    bucket: place.bucket,
    state: 'suspended',
  }),
  small('a forged checksum', 'enabled', [forged('aaaa'), forged('AAAA')], put('CC'), 'forged-checksums'),
  small('the same ETag twice', 'enabled', ['AAAA', 'AAAA'], removeNewest, 'same-etag'),
  {
    name: 'a limit, and its hour ends',
    isSmallest: true,
    world: {
      ...smallWorld('never', ['AAAA'], { kind: 'hour' }),
      before: [put('AAAA'), { ...put('BBBB'), ...otherPlace }],
      findings: [
        { ...place, depth: 0, names: 'version-and-etag' },
        { ...otherPlace, depth: 0, names: 'version-and-etag' },
      ],
      messages: [0, 1],
      limitPerHour: 1,
      resends: 1,
      repeats: 0,
    },
  },
  {
    name: 'alerts that are folded',
    isSmallest: true,
    world: { ...smallWorld('never', ['AAAA'], { kind: 'erase', ...place }), foldsAlerts: true },
  },
];

function put(bytes: string): Deed {
  return { kind: 'put', ...place, bytes, form: 'checksummed' };
}

/** KMS leaves nothing but the CRC to compare. */
function forged(bytes: string): Deed {
  return { kind: 'put', ...place, bytes, form: 'kms-crc' };
}

function small(
  name: string,
  versioning: Versioning,
  past: readonly (string | Deed)[],
  deed: Deed,
  ...features: readonly Feature[]
): SmallWorld {
  return { name, isSmallest: past.length === 1, world: { ...smallWorld(versioning, past, deed), features } };
}

export function smallWorld(versioning: Versioning, past: readonly (string | Deed)[], deed: Deed): World {
  return {
    features: [],
    sourceVersions: 'identical',
    parkAfterReceives: 5,
    maximumReceives: 9,
    buckets: [{ name: place.bucket, accountId: '444455556666', versioning }],
    before: past.map((made) => (typeof made === 'string' ? put(made) : made)),
    findings: [{ ...place, depth: 0, names: 'version-and-etag' }],
    messages: [0],
    deeds: [deed],
    workerSkewsMs: [0, 500],
    operators: [],
    showsLocks: false,
    marksInMetadata: false,
    faults: [],
    repeats: 1,
  };
}

/** What a small world is explored with. */
export interface Variant {
  readonly what: string;
  readonly world: World;
}

/** In seconds, for `npm test`. */
export function quickVariants({ world, isSmallest }: SmallWorld): Variant[] {
  const oneWorker = { ...world, workerSkewsMs: [0], faults: [anyFault] };
  const alone = { what: 'one worker, one fault', world: oneWorker };
  return isSmallest ? [alone, { what: 'two workers', world }] : [alone];
}

/** In hours: as much as one small world can hold. */
export function allVariants({ world, isSmallest }: SmallWorld): Variant[] {
  const oneWorker = { ...world, workerSkewsMs: [0], faults: [anyFault, anyFault] };
  return [
    { what: 'one worker, two faults', world: oneWorker },
    { what: 'two workers, a crash and a lost answer', world: { ...world, faults: [aCrash, aLostAnswer] } },
    ...(isSmallest ? [{ what: 'two workers, any fault', world: { ...world, faults: [anyFault] } }] : []),
  ];
}
