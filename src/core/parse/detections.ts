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
export function detectionsOf(detail: Detail): Pick<Finding, 'detections' | 'detectionsOmitted' | 'omitted'> {
  const result = detail.classificationDetails?.result;
  const managed = (result?.sensitiveData ?? []).flatMap((category) => category?.detections ?? [null]);
  const custom = result?.customDataIdentifiers?.detections ?? [];
  const kept = {
    managed: managed
      .flatMap((found) => detection('managed', found?.type, found?.count))
      .slice(0, maximumOfAKind),
    custom: custom
      .flatMap((found) => detection('custom', found?.name, found?.count, found?.arn))
      .slice(0, maximumOfAKind),
  };
  const omitted = {
    managed: managed.length - kept.managed.length,
    custom: custom.length - kept.custom.length,
  };
  return {
    detections: [...kept.managed, ...kept.custom],
    detectionsOmitted: omitted.managed + omitted.custom,
    omitted,
  };
}

function detection(
  kind: Detection['kind'],
  name: string | undefined,
  count: number | undefined,
  arn?: string,
): readonly Detection[] {
  if (name === undefined) return [];
  const id = arn?.slice(arn.lastIndexOf('/') + 1);
  return [
    {
      kind,
      name: name.slice(0, maximumNameLength),
      ...(id !== undefined && { id }),
      ...(count !== undefined && { count }),
    },
  ];
}
