import { onlyProvenance, posesAsOurs, withoutProvenance } from '../../../core/evidence/provenance.ts';
import type { CopyRequest } from '../../../core/isolation-bucket.ts';
import {
  type ContentHeaders,
  isSettable,
  namesOf,
  type PropertyName,
  pack,
  propertyNames,
  type Tag,
} from '../../../core/properties.ts';
import { awsErrorName, errorClassOf, isNotTaken } from '../../sdk/aws-errors.ts';
import type { PropertyPlan } from './property-plan.ts';

/** The properties that S3 refused, as far as its answer tells. Settings are storage class and redirect. */
export type PropertyRefusal = 'tags' | 'headers' | 'settings';

const refusals: ReadonlyMap<string, PropertyRefusal> = new Map([
  ['InvalidTag', 'tags'],
  ['MetadataTooLarge', 'headers'],
  ['RequestHeaderSectionTooLarge', 'headers'],
  ['SignatureDoesNotMatch', 'headers'],
  ['InvalidStorageClass', 'settings'],
  ['InvalidRedirectLocation', 'settings'],
  // The HTTP client does not send this header value at all.
  ['UND_ERR_INVALID_ARG', 'headers'],
  ['ERR_INVALID_CHAR', 'headers'],
]);

export function propertyRefusal(error: unknown): PropertyRefusal | undefined {
  return refusals.get(awsErrorName(error)) ?? (isNotTaken(error) ? 'headers' : undefined);
}

/**
 * The start of an upload reads nothing of the source. So a denial can mean that the tags may not be set at the
 * destination.
 */
export function refusalOfStart(error: unknown): PropertyRefusal | undefined {
  return errorClassOf(error).kind === 'denied' ? 'tags' : propertyRefusal(error);
}

/** Whether S3 named the properties as the cause, so that leaving out anything else would not help. */
export function namesProperties(error: unknown): boolean {
  return refusals.has(awsErrorName(error));
}

/**
 * Returns the plan of the next attempt after this refusal, or `undefined` if no further property can be left
 * out. `tags` are the tags of the source, if they can be read.
 */
export function planLess(
  plan: PropertyPlan,
  refusal: PropertyRefusal,
  { metadata, stored }: CopyRequest,
  tags: readonly Tag[] | undefined,
): PropertyPlan | undefined {
  // Whatever S3 refuses, what a rule adds goes before what the source has.
  if (plan.otherwise !== undefined) return plan.otherwise;
  const without = (less: PropertyPlan, names: readonly PropertyName[]): PropertyPlan => ({
    ...less,
    left: namesOf([...plan.left, ...names]),
  });
  if (refusal === 'tags') {
    if (plan.tags?.length === 0) return undefined;
    const { tags: settable } = pack({ metadata: {}, contentHeaders: {}, tags: tags ?? [] }).carried;
    const isKnownWhich = plan.tags === undefined && tags?.every(isSettable) === false;
    return without({ ...plan, tags: isKnownWhich ? settable : [] }, ['tags']);
  }
  // A copy to the isolation bucket has no settings.
  if (refusal === 'settings') return undefined;
  if (plan.headers === undefined)
    return plan.tags?.length ? without({ ...plan, tags: [] }, ['tags']) : undefined;
  const inParts = plan.tags !== undefined;
  const { headers: _, ...copied } = plan;
  if (!inParts && !posesAsOurs(stored.metadata)) return copied;
  const { contentHeaders, metadata: sent } = plan.headers;
  const left: PropertyName[] = [
    ...(Object.keys(contentHeaders) as (keyof ContentHeaders)[]).map((name) => propertyNames[name]),
    ...(Object.keys(withoutProvenance(sent)).length > 0 ? (['metadata'] as const) : []),
    ...(plan.tags !== undefined && plan.tags.length > 0 ? (['tags'] as const) : []),
  ];
  if (left.length === 0) return undefined;
  const bare = { metadata: onlyProvenance(metadata ?? {}), contentHeaders: {} };
  return without({ headers: bare, ...(inParts && { tags: [] }), left: [] }, left);
}
