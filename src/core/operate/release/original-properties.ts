import { readKeptProperties } from '../../evidence/kept-properties.ts';
import { posesAsOurs, withoutProvenance } from '../../evidence/provenance.ts';
import type { ObjectAddress } from '../../finding.ts';
import type { IsolatedCopy } from '../../isolation.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import {
  type ContentHeaders,
  type PropertyName,
  propertyNames,
  withoutTransferCoding,
} from '../../properties.ts';
import type { RestoreRequest } from '../../restorer.ts';
import type { StoredObject } from '../../source-buckets.ts';

/** Storage classes that an object can be put back into, and from which it can be read at once. */
const restorable: ReadonlySet<string> = new Set([
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'REDUCED_REDUNDANCY',
]);

const headerNames = Object.keys(propertyNames) as (keyof ContentHeaders)[];

/**
 * Reconstructs the properties of the original from its copy and from the properties that the copy left
 * behind. `lost` names the properties that neither has.
 */
export async function original(
  to: ObjectAddress,
  { key, provenance }: IsolatedCopy,
  isolated: StoredObject,
  isolationBucket: IsolationBucket,
): Promise<{ readonly request: RestoreRequest; readonly lost: readonly PropertyName[] }> {
  const { leftBehind = [], storageClass = 'STANDARD' } = provenance;
  const kept = leftBehind.length > 0 ? await readKeptProperties(isolationBucket, key) : undefined;
  const isLeft = (name: PropertyName) => leftBehind.includes(name);
  const headersLeft = headerNames.some((name) => isLeft(propertyNames[name]));
  const missing = kept === undefined || kept.missingMetadata > 0 || posesAsOurs(kept.metadata);
  const isRestorable = restorable.has(storageClass);
  const request: RestoreRequest = {
    isolationKey: key,
    isolated,
    to,
    metadata: {
      ...withoutProvenance(isolated.metadata),
      ...(isLeft('metadata') && withoutProvenance(kept?.metadata ?? {})),
    },
    contentHeaders: (headersLeft && kept?.contentHeaders) || isolated.contentHeaders,
    ...(isLeft('tags') && kept?.tags && { tags: kept.tags }),
    ...(provenance.addedTags && { addedTags: provenance.addedTags }),
    ...(kept?.websiteRedirect !== undefined && { websiteRedirect: kept.websiteRedirect }),
    storageClass: isRestorable ? storageClass : 'STANDARD',
    isFaithful: !isLeft('metadata') && !headersLeft && !posesAsOurs(isolated.metadata),
  };
  const lost = leftBehind.filter((name) => {
    if (name === 'metadata') return missing;
    if (name === 'tags') return kept?.tags === undefined;
    return kept === undefined;
  });
  return { request, lost: isRestorable ? lost : [...lost, 'storage-class'] };
}

/** Returns the properties in which the restored object differs. HEAD shows no tags. */
export function differences(wanted: RestoreRequest, restored: StoredObject): readonly PropertyName[] {
  const metadata = withoutProvenance(restored.metadata);
  const isSame = Object.entries(wanted.metadata).every(([name, value]) => metadata[name] === value);
  const header = (
    { contentHeaders }: { readonly contentHeaders: ContentHeaders },
    name: keyof ContentHeaders,
  ) => (name === 'contentEncoding' ? withoutTransferCoding(contentHeaders[name]) : contentHeaders[name]);
  const differs: readonly (readonly [PropertyName, boolean])[] = [
    ...headerNames.map((name): [PropertyName, boolean] => [
      propertyNames[name],
      header(wanted, name) !== undefined && header(wanted, name) !== header(restored, name),
    ]),
    ['metadata', !isSame || restored.missingMetadata < wanted.isolated.missingMetadata],
    ['storage-class', wanted.storageClass !== restored.storageClass],
    ['website-redirect-location', wanted.websiteRedirect !== restored.websiteRedirect],
  ];
  return differs.filter(([, isOther]) => isOther).map(([name]) => name);
}
