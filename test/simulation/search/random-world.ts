import type { FenceMode } from '../../../src/core/fences.ts';
import { anyFault } from '../actor.ts';
import type { Denial, Place, Versioning } from '../model/bucket.ts';
import type { Form } from '../model/objects.ts';
import {
  type Deed,
  type Feature,
  type Flag,
  type IsolationCall,
  isolationBucketName,
  type World,
} from '../world.ts';
import { createRandom, type Random } from './random.ts';

/** Some are of the same size, and `aaaa` has the CRC of `AAAA`. */
const contents = ['AAAA', 'BBBB', 'CC', 'DDDDDD'];
const forgeries = ['AAAA', 'aaaa'];
const forms: readonly Form[] = [
  'checksummed',
  'checksummed',
  'sha',
  'single-part',
  'composite',
  'parts-crc',
  'kms',
  'kms-crc',
];
const extras = ['metadata', 'tags', 'odd', 'headers', 'unsendable'] as const;
const denials: readonly Denial[] = [
  'objects',
  'objects',
  'tags',
  'lists',
  'versioning',
  'markers',
  'versions',
];
const isolationCalls: readonly IsolationCall[] = ['copy', 'put', 'head'];
const accounts = ['444455556666', '777788889999'];

/** What the product is held to. */
export const promised: readonly Feature[] = [
  'forged-checksums',
  'same-etag',
  'mixed-names',
  'shared-ids',
  'fences',
];

/** A world of one or two keys, with everything that a seed can think of. */
export function randomWorld(seed: number, features: readonly Feature[] = promised): World {
  const random = createRandom(seed);
  const buckets = accounts.slice(0, random.chance(0.2) ? 2 : 1).map((accountId, index) => ({
    name: `data-${index}`,
    accountId,
    versioning: random.pick<Versioning>(['never', 'enabled', 'enabled', 'suspended']),
  }));
  const keys = buckets.flatMap(({ name }) =>
    ['k', 'l'].slice(0, random.chance(0.15) ? 2 : 1).map((key) => ({ bucket: name, key })),
  );
  const before = keys.flatMap((place) => pastOf(place, random, features));
  const count = 1 + random.below(3);
  const styles: Flag['names'][] = ['version-and-etag', 'version-and-etag', 'version'];
  const isMixed = features.includes('mixed-names');
  const names = random.pick(count === 1 || isMixed ? [...styles, 'etag' as const] : styles);
  const findings = Array.from({ length: count }, () => ({
    ...flag(random.pick(keys), isMixed ? random.pick([...styles, 'etag' as const]) : names, random),
    ...(features.includes('shared-ids') && random.chance(0.1) && { sharesId: true }),
  }));
  // Macie flags isolated copies too.
  if (random.chance(0.1)) {
    before.push({
      kind: 'put',
      bucket: isolationBucketName,
      key: 'objects/old@1',
      bytes: 'AAAA',
      form: 'checksummed',
    });
    findings.push({ bucket: isolationBucketName, key: 'objects/old@1', depth: 0, names: 'etag' });
  }
  const extra = random.chance(0.3) ? [random.below(findings.length)] : [];
  const world: World = {
    features,
    sourceVersions: random.pick(['identical', 'identical', 'flagged', 'all']),
    parkAfterReceives: 4,
    maximumReceives: 8,
    buckets,
    before,
    findings,
    messages: [...findings.keys(), ...extra],
    deeds: Array.from({ length: random.below(5) }, () => deed(random.pick(keys), random, features)),
    workerSkewsMs: Array.from({ length: 2 + random.below(2) }, () => random.below(40) - 20),
    operators: random.chance(0.35) ? [random.below(findings.length)] : [],
    showsLocks: random.chance(0.5),
    marksInMetadata: random.chance(0.3),
    copiesInParts: random.chance(0.15),
    redrives: random.below(3),
    faults: Array.from({ length: random.below(4) }, () => anyFault),
    repeats: random.below(3),
  };
  const more = { ...limited(world, random), ...(random.chance(0.15) && { foldsAlerts: true }) };
  // The last that chance decides, so that the worlds without fences stay what they are.
  const mayFence = features.includes('fences') && random.chance(0.5);
  return { ...world, ...more, ...(mayFence && { fence: random.pick<FenceMode>(['kept', 'first']) }) };
}

/** A limit that some of the findings exceed, hours that begin, and a person who sends what is held again. */
function limited({ deeds, findings }: World, random: Random): Partial<World> {
  if (!random.chance(0.15)) return {};
  const hours = Array.from({ length: random.below(3) }, () => ({ kind: 'hour' }) as const);
  return {
    limitPerHour: 1 + random.below(Math.max(1, findings.length - 1)),
    resends: random.below(3),
    deeds: [...deeds, ...hours],
  };
}

function pastOf(place: Place, random: Random, features: readonly Feature[]): Deed[] {
  const past: Deed[] = [];
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    past.push(put(place, random, features));
    if (random.chance(0.15)) past.push({ kind: 'erase', ...place });
    if (random.chance(0.12)) past.push(versioning(place, random));
  }
  if (random.chance(0.1)) past.push(lock(place, random));
  if (random.chance(0.06)) past.push({ kind: 'mfa-delete', bucket: place.bucket, needed: true });
  return past;
}

function put(place: Place, random: Random, features: readonly Feature[]): Deed {
  const isForged = features.includes('forged-checksums') && random.chance(0.3);
  return {
    kind: 'put',
    ...place,
    bytes: random.pick(isForged ? forgeries : contents),
    form: random.pick(forms),
    ...(random.chance(0.3) && { extras: random.pick(extras) }),
  };
}

function versioning({ bucket }: Place, random: Random): Deed {
  return { kind: 'versioning', bucket, state: random.pick(['enabled', 'suspended']) };
}

function lock(place: Place, random: Random): Deed {
  return {
    kind: 'lock',
    ...place,
    depth: random.below(3),
    lock: random.pick(['locked', 'legal-hold', undefined]),
  };
}

function flag(place: Place, names: Flag['names'], random: Random): Flag {
  return {
    ...place,
    depth: random.chance(0.6) ? 0 : random.below(3),
    names,
    ...(random.chance(0.03) && { accountId: '000000000000' }),
  };
}

function deed(place: Place, random: Random, features: readonly Feature[]): Deed {
  switch (random.below(15)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return put(place, random, features);
    case 4:
      return { kind: 'erase', ...place };
    case 5:
      return { kind: 'delete-entry', ...place, depth: random.below(3) };
    case 6:
      return lock(place, random);
    case 7:
      return versioning(place, random);
    case 8:
    case 9:
      return {
        kind: 'deny',
        bucket: place.bucket,
        what: random.pick(denials),
        denied: random.chance(0.7),
      };
    case 10:
      return random.chance(0.3)
        ? { kind: 'hand-over', bucket: place.bucket, accountId: '999988887777' }
        : { kind: 'mode', mode: random.pick(['dry-run', 'enforce']) };
    case 11:
      return {
        kind: 'isolation-refuses',
        what: random.pick(isolationCalls),
        refuses: random.chance(0.6),
      };
    case 12:
      return { kind: 'mfa-delete', bucket: place.bucket, needed: random.chance(0.7) };
    case 13:
      return { kind: 'pause', paused: random.chance(0.6) };
    default:
      return { kind: 'policy', isolates: random.chance(0.4) };
  }
}
