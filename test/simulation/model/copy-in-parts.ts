import type { CopyAnswer, CopyRequest } from '../../../src/core/isolation-bucket.ts';
import type { PropertyName } from '../../../src/core/properties.ts';
import type { Actor } from '../actor.ts';
import { isolationBucketName } from '../world.ts';
import { carriedBy, inIsolation, type NotTaken, refuseIfToldSo, sourceOf, unsendable } from './copying.ts';
import { checksumOf, partSizesOf } from './objects.ts';
import type { Surroundings } from './ports.ts';

/**
 * What the adapter does with a large object, each call a moment of its own: it goes on with an upload that it
 * finds unfinished at the key, whoever began it, and begins anew where the parts are not these very bytes.
 */
export async function copyInParts(
  request: CopyRequest,
  actor: Actor,
  around: Surroundings,
): Promise<CopyAnswer> {
  const { s3, product } = around;
  const { isolationKey, checksum, stored } = request;
  const { uploads } = s3.bucket(isolationBucketName);
  // An upload is for checksums of one kind.
  const uploadKey = `${isolationKey} ${checksum.algorithm} ${checksum.type}`;
  const isResumed = await actor.call('isolation.findUpload', () => uploads.has(uploadKey));
  const changed = () => ({ kind: 'precondition-failed' as const });

  const begin = (left: readonly PropertyName[]): Begun | NotTaken => {
    refuseIfToldSo('copy', actor, around);
    const entry = sourceOf(request, actor, around);
    const carried = entry && carriedBy(request, entry, left, around);
    if (carried?.kind === 'properties-not-taken') return carried;
    const { contentHeaders } = stored;
    const properties = carried?.properties ?? { metadata: request.metadata ?? {}, tags: {}, contentHeaders };
    uploads.set(uploadKey, { properties, begunBy: actor.name, parts: new Map() });
    return { kind: 'begun', tagsCopied: carried?.tagsCopied ?? false, leftBehind: left };
  };
  const beginUpload = async (): Promise<Begun> => {
    const first = await actor.call('isolation.beginUpload', () => begin([]));
    if (first.kind === 'begun') return first;
    await request.keepProperties?.(first.tags);
    const second = await actor.call('isolation.beginUpload', () => begin(unsendable));
    if (second.kind === 'begun') return second;
    throw new Error('the model leaves nothing more behind');
  };
  const copyPart = (number: number): boolean => {
    const isCorrupted = around.takeCorruption();
    const entry = sourceOf(request, actor, around);
    if (entry === undefined) return false;
    const [first = 0] = partSizesOf(entry.bytes);
    const part = number === 0 ? entry.bytes.slice(0, first) : entry.bytes.slice(first);
    const upload = uploads.get(uploadKey);
    if (upload === undefined) throw new product.RetryableError('NoSuchUpload', 'another worker finished it');
    // The properties are of what the worker copies that began the upload. A part of another worker has the same bytes.
    if (upload.copyOf === undefined || upload.begunBy === actor.name)
      upload.copyOf = { ...entry, bucket: request.from.bucket, key: request.from.key };
    upload.parts.set(number, isCorrupted ? 'Z'.repeat(part.length) : part);
    return true;
  };
  const complete = (resumed: boolean): CopyAnswer | 'unusable' => {
    refuseIfToldSo('copy', actor, around);
    const upload = uploads.get(uploadKey);
    if (s3.read(inIsolation(isolationKey))) {
      uploads.delete(uploadKey);
      return changed();
    }
    if (upload === undefined) throw new product.RetryableError('NoSuchUpload', 'another worker finished it');
    uploads.delete(uploadKey);
    const bytes = [0, 1].map((number) => upload.parts.get(number) ?? '').join('');
    const shown = checksumOf(bytes, checksum.algorithm, request.partSizes);
    if (resumed && (shown.value !== checksum.value || bytes.length !== stored.sizeBytes)) return 'unusable';
    const copy = s3.put(
      inIsolation(isolationKey),
      {
        bytes,
        form: 'kms',
        ...upload.properties,
        // The model has one upload for each key, which another worker may begin anew.
        isResumed: resumed || upload.begunBy !== actor.name,
        checksum: shown,
        ...(upload.copyOf && { copyOf: upload.copyOf }),
      },
      actor.name,
    );
    if (copy.copyOf?.bytes === bytes) around.witness.copied(actor.name, copy);
    return { kind: 'copied', resumed, tagsCopied: false, checksum: shown };
  };

  const begun = isResumed ? undefined : await beginUpload();
  for (const number of [0, 1]) {
    const has = uploads.get(uploadKey)?.parts.has(number) === true;
    if (has) continue;
    if (!(await actor.call('isolation.copyPart', () => copyPart(number)))) {
      await actor.call('isolation.abortUpload', () => void uploads.delete(uploadKey));
      return changed();
    }
  }
  const answer = await actor.call('isolation.completeUpload', () => complete(isResumed));
  if (answer === 'unusable') return copyInParts(request, actor, around);
  if (answer.kind !== 'copied' || begun === undefined) return answer;
  return { ...answer, tagsCopied: begun.tagsCopied, leftBehind: begun.leftBehind };
}

interface Begun {
  readonly kind: 'begun';
  readonly tagsCopied: boolean;
  readonly leftBehind: readonly PropertyName[];
}
