import { anyFault } from '../actor.ts';
import type { Form } from '../model/objects.ts';
import type { Place, Versioning } from '../model/s3.ts';
import { type Deed, type Flag, isolationBucketName, type World } from '../world.ts';
import { createRandom, type Random } from './random.ts';

/** Four contents; two of them are of the same size. */
const contents = ['AAAA', 'BBBB', 'CC', 'DDDDDD'];
const forms: readonly Form[] = ['checksummed', 'checksummed', 'single-part', 'composite', 'kms'];
const accounts = ['444455556666', '777788889999'];

/** A world of one or two keys, with everything that a seed can think of. */
export function randomWorld(seed: number): World {
  const random = createRandom(seed);
  const buckets = accounts.slice(0, random.chance(0.2) ? 2 : 1).map((accountId, index) => ({
    name: `data-${index}`,
    accountId,
    versioning: random.pick<Versioning>(['never', 'enabled', 'enabled', 'suspended']),
  }));
  const keys = buckets.flatMap(({ name }) =>
    ['k', 'l'].slice(0, random.chance(0.15) ? 2 : 1).map((key) => ({ bucket: name, key })),
  );
  const before = keys.flatMap((place) => pastOf(place, random));
  const count = 1 + random.below(3);
  // Macie names the version where there is one: two findings never differ in how they name the same.
  const styles: Flag['names'][] = ['version-and-etag', 'version-and-etag', 'version'];
  const names = random.pick(count === 1 ? [...styles, 'etag' as const] : styles);
  const findings = Array.from({ length: count }, () => flag(random.pick(keys), names, random));
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
  return {
    sourceVersions: random.pick(['identical', 'identical', 'flagged', 'all']),
    parkAfterReceives: 4,
    maximumReceives: 8,
    buckets,
    before,
    findings,
    messages: [...findings.keys(), ...extra],
    deeds: Array.from({ length: random.below(5) }, () => deed(random.pick(keys), random)),
    workerSkewsMs: Array.from({ length: 2 + random.below(2) }, () => random.below(40) - 20),
    operators: random.chance(0.35) ? [random.below(findings.length)] : [],
    showsLocks: random.chance(0.5),
    marksInMetadata: random.chance(0.3),
    faults: Array.from({ length: random.below(4) }, () => anyFault),
    repeats: random.below(3),
  };
}

function pastOf(place: Place, random: Random): Deed[] {
  const past: Deed[] = [];
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    past.push(put(place, random));
    if (random.chance(0.15)) past.push({ kind: 'erase', ...place });
    if (random.chance(0.12)) past.push(versioning(place, random));
  }
  if (random.chance(0.1)) past.push(lock(place, random));
  return past;
}

function put(place: Place, random: Random): Deed {
  return { kind: 'put', ...place, bytes: random.pick(contents), form: random.pick(forms) };
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

function deed(place: Place, random: Random): Deed {
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return put(place, random);
    case 4:
      return { kind: 'erase', ...place };
    case 5:
      return { kind: 'delete-entry', ...place, depth: random.below(3) };
    case 6:
      return lock(place, random);
    case 7:
      return versioning(place, random);
    case 8:
      return {
        kind: random.pick(['deny-reads', 'deny-deletes']),
        bucket: place.bucket,
        denied: random.chance(0.6),
      };
    default:
      return { kind: 'policy', isolates: random.chance(0.4) };
  }
}
