import type { ObjectTag, Traits } from '../finding.ts';
import type { Detail } from './finding-schema.ts';

/** Words are looked up in maps: an object has members such as `constructor`, which a finding could name. */
type Words<Value> = ReadonlyMap<string | undefined, Value>;

const discoveries: Words<'job' | 'automated'> = new Map([
  ['SENSITIVE_DATA_DISCOVERY_JOB', 'job'],
  ['AUTOMATED_SENSITIVE_DATA_DISCOVERY', 'automated'],
]);
const encryptions: Words<NonNullable<Traits['encryption']>> = new Map([
  ['NONE', 'none'],
  ['AES256', 'AES256'],
  ['aws:kms', 'aws:kms'],
  ['aws:kms:dsse', 'aws:kms:dsse'],
]);
const publicAccesses: Words<boolean> = new Map([
  ['PUBLIC', true],
  ['NOT_PUBLIC', false],
]);

/** Reads the facts of a finding that policies use. An unknown value of Macie is absent, so it decides nothing. */
export function traitsOf({ category, classificationDetails, resourcesAffected }: Detail): Traits {
  const { publicAccess, tags: bucketTags } = resourcesAffected?.s3Bucket ?? {};
  const { extension, serverSideEncryption, storageClass, tags } = resourcesAffected?.s3Object ?? {};
  const { jobId, originType, result } = classificationDetails ?? {};
  const detected = result?.sensitiveData ?? [];
  const categories = [category, ...detected.map((each) => each?.category)].filter(
    (each) => each !== undefined,
  );
  const code = result && 'status' in result ? result.status?.code : undefined;
  return present({
    // A detection that is not understood may have any category.
    categories: detected.some((each) => each?.category === undefined) ? undefined : nonEmpty(categories),
    discovery: discoveries.get(originType),
    jobId: jobId === '' ? undefined : jobId,
    storageClass,
    encryption: encryptions.get(serverSideEncryption?.encryptionType),
    extension,
    publicAccess: publicAccesses.get(publicAccess?.effectivePermission),
    partial: code === undefined ? undefined : code === 'PARTIAL',
    objectTags: tagsOf(tags),
    bucketTags: tagsOf(bucketTags),
  });
}

/** `null` says nothing. An empty list says that there are no tags. */
function tagsOf(
  tags: readonly ({ readonly key: string; readonly value?: string | undefined } | null)[] | null | undefined,
): readonly ObjectTag[] | undefined {
  if (tags === null || tags === undefined) return undefined;
  const understood = tags.flatMap((tag) =>
    tag?.value === undefined ? [] : [{ key: tag.key, value: tag.value }],
  );
  return understood.length === tags.length ? understood : undefined;
}

function nonEmpty<Value>(values: readonly Value[]): readonly Value[] | undefined {
  return values.length === 0 ? undefined : values;
}

/** Removes absent members. */
function present(traits: { readonly [Name in keyof Traits]-?: Traits[Name] | undefined }): Traits {
  return Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== undefined));
}
