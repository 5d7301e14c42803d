import type { FlaggedObject } from './finding.ts';
import type { Ports } from './ports.ts';

/** The form of a region's name in every partition of AWS, from `eu-west-1` to `us-isob-east-1` and `eusc-de-east-1`. */
export const regionPattern = /^[a-z]{2,8}(-[a-z]+)+-\d{1,2}$/;

/**
 * Stands for a region in a form that is not understood. No region has this name and no setting can allow it,
 * so the object is refused as an object of another region.
 */
export const unreadableRegion = 'unreadable';

/** Returns the region of an object. A finding that names none is about the region of the isolation bucket. */
export function regionOf(
  { region }: FlaggedObject,
  { isolationBucket }: Pick<Ports, 'isolationBucket'>,
): string {
  return region ?? isolationBucket.region;
}

/** Whether the worker may act where the object lies. */
export function isInAllowedRegion(
  object: FlaggedObject,
  ports: Pick<Ports, 'isolationBucket'>,
  { allowedSourceRegions }: { readonly allowedSourceRegions: readonly string[] },
): boolean {
  return allowedSourceRegions.includes(regionOf(object, ports));
}
