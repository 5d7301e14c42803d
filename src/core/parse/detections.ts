import type { Detection, Finding } from '../finding.ts';
import type { Detail } from './finding-schema.ts';

/**
 * The limit applies to each kind, so that many managed detections do not displace the custom ones. Macie
 * names a few dozen.
 */
const maximumOfAKind = 100;
const maximumNameLength = 128;

/**
 * Returns the detections of a finding, and the number of detections that are left out because they are beyond
 * the limit or not understood.
 */
export function detectionsOf(detail: Detail): Pick<Finding, 'detections' | 'detectionsOmitted'> {
  const result = detail.classificationDetails?.result;
  const managed = (result?.sensitiveData ?? []).flatMap((category) => category?.detections ?? [null]);
  const custom = result?.customDataIdentifiers?.detections ?? [];
  const kept = [
    ...managed.flatMap((found) => detection('managed', found?.type, found?.count)).slice(0, maximumOfAKind),
    ...custom.flatMap((found) => detection('custom', found?.name, found?.count)).slice(0, maximumOfAKind),
  ];
  return { detections: kept, detectionsOmitted: managed.length + custom.length - kept.length };
}

function detection(
  kind: Detection['kind'],
  name: string | undefined,
  count: number | undefined,
): readonly Detection[] {
  if (name === undefined) return [];
  return [{ kind, name: name.slice(0, maximumNameLength), ...(count !== undefined && { count }) }];
}
