import { severities } from '../finding.ts';
import { matcherOf } from './pattern.ts';
import { canonical } from './policy.ts';
import type { When } from './when-schema.ts';

/**
 * Whether every finding that meets `narrow` also meets `wide`. `false` may also mean that this is not known: only
 * what can be read from the conditions one by one is found.
 */
export function implies(narrow: When, wide: When): boolean {
  return (Object.keys(wide) as (keyof When)[]).every((name) => {
    return wide[name] === undefined || impliesOne(name, narrow, wide);
  });
}

function impliesOne(name: keyof When, narrow: When, wide: When): boolean {
  switch (name) {
    case 'minSeverity':
      return leastSeverity(narrow) >= severities.indexOf(wide.minSeverity ?? 'Low');
    case 'severity':
      return severitiesOf(narrow)?.every((each) => wide.severity?.includes(each)) ?? false;
    case 'minSize':
      return narrow.minSize !== undefined && narrow.minSize >= (wide.minSize ?? 0);
    case 'maxSize':
      return narrow.maxSize !== undefined && narrow.maxSize <= (wide.maxSize ?? 0);
    case 'publicAccess':
    case 'partial':
      return narrow[name] === wide[name];
    case 'minCount':
      return impliesCount(narrow, wide);
    case 'not':
      return canonical(narrow.not ?? null) === canonical(wide.not ?? null);
    case 'anyOf':
      return impliesAnyOf(narrow, wide.anyOf ?? []);
    case 'extension':
      return isSubset(lowerCase(narrow.extension), lowerCase(wide.extension));
    case 'bucket':
    case 'key':
    case 'customDataIdentifier':
    case 'managedDataIdentifier':
      return isCovered(narrow[name], wide[name] ?? []);
    default:
      return isSubset(narrow[name], wide[name]);
  }
}

/** The severities that can meet both conditions. */
export function severitiesOf({
  minSeverity,
  severity,
}: When): readonly (typeof severities)[number][] | undefined {
  if (severity === undefined && minSeverity === undefined) return undefined;
  const least = minSeverity === undefined ? 0 : severities.indexOf(minSeverity);
  return severities.filter((each, index) => index >= least && (severity?.includes(each) ?? true));
}

function leastSeverity(when: When): number {
  const [least] = severitiesOf(when) ?? [];
  return least === undefined ? -1 : severities.indexOf(least);
}

/** The sum over more identifiers is never smaller. */
function impliesCount(narrow: When, wide: When): boolean {
  if (narrow.minCount === undefined || narrow.minCount < (wide.minCount ?? 0)) return false;
  if (wide.customDataIdentifier === undefined && wide.managedDataIdentifier === undefined) return true;
  return (['customDataIdentifier', 'managedDataIdentifier'] as const).every((name) => {
    return (narrow[name] === undefined) === (wide[name] === undefined);
  });
}

function impliesAnyOf(narrow: When, wide: readonly When[]): boolean {
  if (wide.some((branch) => implies(narrow, branch))) return true;
  return narrow.anyOf?.every((each) => wide.some((branch) => implies(each, branch))) ?? false;
}

function isSubset(narrow: readonly string[] | undefined, wide: readonly string[] | undefined): boolean {
  return narrow?.every((value) => wide?.includes(value)) ?? false;
}

function lowerCase(values: readonly string[] | undefined): string[] | undefined {
  return values?.map((value) => value.toLowerCase());
}

/**
 * Whether each narrow pattern is covered by a wide one. Each star of the narrow pattern becomes a character that no
 * pattern holds, which only a star of the wide pattern can match; so that star matches any other text there as well.
 */
function isCovered(narrow: readonly string[] | undefined, wide: readonly string[]): boolean {
  const matchers = wide.map(matcherOf);
  return (
    narrow?.every((pattern) => {
      const sample = pattern.replaceAll(/(?<!\\)\*/g, '\uffff').replaceAll('\\*', '*');
      return matchers.some((matches) => matches(sample));
    }) ?? false
  );
}

/** Whether no finding can meet these conditions, as far as that can be read from them. */
export function isNeverMet(when: When): boolean {
  const { anyOf, discovery, jobId, not } = when;
  if (severitiesOf(when)?.length === 0) return true;
  if (jobId !== undefined && discovery?.every((each) => each === 'automated')) return true;
  if (not !== undefined && implies({ ...when, not: undefined }, not)) return true;
  return anyOf?.every(isNeverMet) ?? false;
}
