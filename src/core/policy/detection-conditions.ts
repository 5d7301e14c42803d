import type { Detection, Finding } from '../finding.ts';
import { anyMatcherOf } from './pattern.ts';
import type { Condition } from './subject.ts';

export function onDetections(kind: Detection['kind'], field: string, patterns: readonly string[]): Condition {
  const matching = anyMatcherOf(patterns);
  const unknown = { unknown: field };
  return ({ finding }) => {
    for (const found of finding.detections) if (found.kind === kind && isNamed(found, matching)) return true;
    // A detection that was left out may match.
    return omittedOf(finding, kind) > 0 ? unknown : false;
  };
}

/** Sums the counts of the identifiers that the same `when` names, or else of all identifiers. */
export function onCount(
  least: number,
  custom: readonly string[] | undefined,
  managed: readonly string[] | undefined,
): Condition {
  const isAll = custom === undefined && managed === undefined;
  const tests = {
    custom: custom === undefined ? () => isAll : anyMatcherOf(custom),
    managed: managed === undefined ? () => isAll : anyMatcherOf(managed),
  };
  const unknown = { unknown: 'count' };
  return ({ finding }) => {
    let sum = 0;
    let isKnown = true;
    for (const found of finding.detections) {
      if (!isNamed(found, tests[found.kind])) continue;
      if (found.count === undefined) isKnown = false;
      else sum += found.count;
    }
    if (sum >= least) return true;
    const mayBeMore = (kind: Detection['kind'], given: readonly string[] | undefined) =>
      (isAll || given !== undefined) && omittedOf(finding, kind) > 0;
    return isKnown && !mayBeMore('custom', custom) && !mayBeMore('managed', managed) ? false : unknown;
  };
}

function isNamed({ id, name }: Detection, matching: (text: string) => boolean): boolean {
  return matching(name) || (id !== undefined && matching(id));
}

function omittedOf(finding: Finding, kind: Detection['kind']): number {
  return finding.omitted === undefined ? finding.detectionsOmitted : finding.omitted[kind];
}
