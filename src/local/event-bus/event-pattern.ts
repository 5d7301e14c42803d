type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

/**
 * Whether EventBridge would route this event. All fields of a pattern must match; a leaf lists alternatives;
 * an array in the event matches if any of its elements does. Content filters work as in the README of
 * aws/event-ruler. A filter that is not implemented here (cidr) throws an error, since EventBridge would
 * refuse or apply the filter, but never ignore it. One approximation: two fields below an array must match in
 * the same element only of the innermost array.
 */
export function matchesPattern(pattern: Json, event: Json): boolean {
  if (!isObject(pattern)) throw new Error('an event pattern is an object');
  return Object.entries(pattern).every(([field, expected]) => {
    if (field === '$or') return alternatives(expected).some((choice) => matchesPattern(choice, event));
    const actual = isObject(event) ? event[field] : undefined;
    if (Array.isArray(expected)) return expected.some((filter) => matchesLeaf(filter, actual));
    // A pattern whose leaf requires absence also matches if the whole branch is absent.
    return Array.isArray(actual)
      ? actual.some((item) => matchesPattern(expected, item))
      : matchesPattern(expected, actual);
  });
}

function alternatives(expected: Json): readonly Json[] {
  if (!Array.isArray(expected) || expected.length < 2) throw new Error('$or takes two patterns or more');
  return expected;
}

function matchesLeaf(filter: Json, actual: Json): boolean {
  if (Array.isArray(actual) && !isExistence(filter)) return actual.some((item) => matchesLeaf(filter, item));
  if (!isObject(filter)) return filter === actual;
  const [[operator, argument] = ['', undefined], ...others] = Object.entries(filter);
  if (others.length > 0) throw new Error('a content filter has one operator');
  return operate(operator, argument, actual);
}

function isExistence(filter: Json): boolean {
  return isObject(filter) && 'exists' in filter;
}

function operate(operator: string, argument: Json, actual: Json): boolean {
  switch (operator) {
    case 'exists':
      return (actual !== undefined && !isObject(actual)) === argument;
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'wildcard':
      return typeof actual === 'string' && matchesText(operator, argument, actual);
    case 'numeric':
      return typeof actual === 'number' && matchesNumber(argument, actual);
    case 'anything-but':
      return isAnythingBut(argument, actual);
    default:
      throw new Error(`unknown content filter ${operator}`);
  }
}

type TextFilter = 'prefix' | 'suffix' | 'equals-ignore-case' | 'wildcard';

function matchesText(filter: TextFilter, argument: Json, actual: string): boolean {
  if (isObject(argument) && typeof argument['equals-ignore-case'] === 'string' && filter !== 'wildcard') {
    return matchesText(filter, argument['equals-ignore-case'].toLowerCase(), actual.toLowerCase());
  }
  if (typeof argument !== 'string') throw new Error(`${filter} takes a string`);
  switch (filter) {
    case 'prefix':
      return actual.startsWith(argument);
    case 'suffix':
      return actual.endsWith(argument);
    case 'equals-ignore-case':
      return actual.toLowerCase() === argument.toLowerCase();
    case 'wildcard':
      return wildcard(argument).test(actual);
  }
}

function wildcard(pattern: string): RegExp {
  const pieces = pattern.split('*').map((piece) => RegExp.escape(piece));
  return new RegExp(`^${pieces.join('.*')}$`, 's');
}

/** The argument is a list of strings and numbers, or one text filter. EventBridge refuses booleans. */
function isAnythingBut(argument: Json, actual: Json): boolean {
  if (actual === undefined || isObject(actual)) return false;
  if (isObject(argument)) return !matchesLeaf(argument, actual);
  const values = Array.isArray(argument) ? (argument as Json[]) : [argument];
  if (values.some((value) => typeof value !== 'string' && typeof value !== 'number')) {
    throw new Error('anything-but takes strings and numbers');
  }
  return !values.includes(actual);
}

const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function matchesNumber(argument: Json, actual: number): boolean {
  if (!Array.isArray(argument) || argument.length === 0 || argument.length % 2 !== 0) {
    throw new Error('numeric takes pairs of comparison and number');
  }
  const pairs = argument as Json[];
  for (let index = 0; index < pairs.length; index += 2) {
    const compare = comparisons[String(pairs[index])];
    if (!compare) throw new Error(`unknown comparison ${String(pairs[index])}`);
    if (!compare(actual, Number(pairs[index + 1]))) return false;
  }
  return true;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
