import { severitiesOf } from './implies.ts';
import { matcherOf } from './pattern.ts';
import type { When } from './when-schema.ts';

const exact = [
  'account',
  'region',
  'type',
  'storageClass',
  'discovery',
  'encryption',
  'origin',
  'jobId',
] as const;

/** Whether a finding could meet both, as far as single conditions tell. */
export function mayMeet(one: When, other: When): boolean {
  const isApart = exact.some((name) => {
    const [first, second] = [one[name], other[name]] as [(readonly string[])?, (readonly string[])?];
    return first !== undefined && second !== undefined && !first.some((value) => second.includes(value));
  });
  const severities = [severitiesOf(one), severitiesOf(other)] as const;
  const meetInSeverity = severities[0]?.some((each) => severities[1]?.includes(each) ?? true) ?? true;
  return (
    !isApart && meetInSeverity && patternsMeet(one.bucket, other.bucket) && patternsMeet(one.key, other.key)
  );
}

function patternsMeet(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return one.some((first) => other.some((second) => patternsMayMeet(first, second)));
}

/** Two patterns exclude each other where their beginnings or their ends do. */
function patternsMayMeet(one: string, other: string): boolean {
  const [first, second] = [fixedEnds(one), fixedEnds(other)];
  if (first.whole !== undefined) return matcherOf(other)(first.whole);
  if (second.whole !== undefined) return matcherOf(one)(second.whole);
  const begins = first.begin.startsWith(second.begin) || second.begin.startsWith(first.begin);
  return begins && (first.end.endsWith(second.end) || second.end.endsWith(first.end));
}

function fixedEnds(pattern: string): {
  readonly begin: string;
  readonly end: string;
  readonly whole?: string;
} {
  const parts = pattern.split(/(?<!\\)\*/).map((part) => part.replaceAll('\\*', '*'));
  const [begin = ''] = parts;
  return { begin, end: parts.at(-1) ?? '', ...(parts.length === 1 && { whole: begin }) };
}
