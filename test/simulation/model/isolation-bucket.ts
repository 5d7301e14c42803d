import type { CopyAnswer, CopyRequest, IsolationBucket } from '../../../src/core/isolation-bucket.ts';
import type { PropertyName } from '../../../src/core/properties.ts';
import type { Actor } from '../actor.ts';
import { type IsolationCall, isolationBucketName } from '../world.ts';
import { copyInParts } from './copy-in-parts.ts';
import { carriedBy, inIsolation, type NotTaken, refuseIfToldSo, sourceOf, unsendable } from './copying.ts';
import { checksumOf, headOf } from './objects.ts';
import type { Surroundings } from './ports.ts';

export function createIsolation(actor: Actor, around: Surroundings): IsolationBucket {
  const { s3, witness, world } = around;
  /** What this process knows to be there: it has put it, or has seen that it was there. */
  const known = new Set<string>();
  const taken = (what: IsolationCall): void => refuseIfToldSo(what, actor, around);

  return {
    name: isolationBucketName,
    region: 'us-east-1',
    copy: (request) =>
      world.copiesInParts && request.stored.sizeBytes > 1
        ? copyInParts(request, actor, around)
        : copyWhole(request, actor, around),
    head: (key) =>
      actor.call('isolation.head', () => {
        taken('head');
        witness.looked(actor.name, inIsolation(key), undefined);
        const entry = s3.read(inIsolation(key));
        return entry && headOf(entry);
      }),
    hash: (key, _stored, algorithm) =>
      actor.call('isolation.hash', () => checksumOf(s3.read(inIsolation(key))?.bytes ?? '', algorithm)),
    put: async (key, json) => {
      const answer = await actor.call('isolation.put', () => {
        taken('put');
        if (s3.read(inIsolation(key))) return 'exists' as const;
        s3.put(inIsolation(key), { bytes: json, form: 'kms' }, actor.name);
        witness.wrote(actor.name, key, json);
        return 'written' as const;
      });
      known.add(key);
      return answer;
    },
    holds: (key) => known.has(key),
    get: (key) =>
      actor.call('isolation.get', () => {
        taken('head');
        return s3.read(inIsolation(key))?.bytes;
      }),
    list: (prefix) =>
      actor.call('isolation.list', () => {
        taken('head');
        return s3.keys(isolationBucketName).flatMap((key) => {
          const entry = key.startsWith(prefix) ? s3.read(inIsolation(key)) : undefined;
          return entry ? [{ key, sizeBytes: entry.bytes.length, lastModified: new Date(0) }] : [];
        });
      }),
  };
}

/** In one call, or in a second one without the properties that the first could not carry. */
async function copyWhole(request: CopyRequest, actor: Actor, around: Surroundings): Promise<CopyAnswer> {
  const attempt = (left: readonly PropertyName[]) =>
    actor.call('isolation.copy', () => copyAtOnce(request, left, actor, around));
  const first = await attempt([]);
  if (first.kind !== 'properties-not-taken') return first;
  await request.keepProperties?.(first.tags);
  const second = await attempt(unsendable);
  if (second.kind === 'properties-not-taken') throw new Error('the model leaves nothing more behind');
  return second;
}

function copyAtOnce(
  request: CopyRequest,
  left: readonly PropertyName[],
  actor: Actor,
  around: Surroundings,
): CopyAnswer | NotTaken {
  const { from, isolationKey, metadata, checksum, partSizes } = request;
  const { s3, witness } = around;
  const isCorrupted = around.takeCorruption();
  refuseIfToldSo('copy', actor, around);
  const entry = sourceOf(request, actor, around);
  if (entry === undefined) return { kind: 'precondition-failed' };
  if (s3.read(inIsolation(isolationKey)) && !around.forgotten.has('IfNoneMatch'))
    return { kind: 'precondition-failed' };
  const carried = carriedBy(request, entry, left, around);
  if (carried.kind === 'properties-not-taken') return carried;
  const bytes = isCorrupted ? 'ZZZZ' : entry.bytes;
  const shown = checksumOf(bytes, checksum.algorithm, partSizes);
  const write = {
    bytes,
    form: 'kms' as const,
    ...carried.properties,
    ...(metadata === undefined && entry.hasOddMetadata && { hasOddMetadata: true }),
    checksum: shown,
    copyOf: { ...entry, bucket: from.bucket, key: from.key },
  };
  const copy = s3.put(inIsolation(isolationKey), write, actor.name);
  if (!isCorrupted) witness.copied(actor.name, copy);
  return {
    kind: 'copied',
    resumed: false,
    tagsCopied: carried.tagsCopied,
    leftBehind: left,
    checksum: shown,
  };
}
