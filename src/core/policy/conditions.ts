import { type Finding, type ObjectTag, severities } from '../finding.ts';
import { unreadableRegion } from '../region.ts';
import { onCount, onDetections } from './detection-conditions.ts';
import { anyMatcherOf, matcherOf } from './pattern.ts';
import type { Condition, Subject } from './subject.ts';
import { all, any, not } from './truth.ts';
import type { When } from './when-schema.ts';

type Conditions = Omit<When, 'not' | 'anyOf'>;
type Name = keyof Conditions;

/** A condition of a policy and its truth. Explanations name the condition that failed. */
export interface NamedCondition {
  readonly name: string;
  readonly holds: Condition;
}

/** Returns the conditions, cheapest first. */
export function conditionsOf(when: When): NamedCondition[] {
  const simple = (Object.keys(makers) as Name[]).flatMap((name) => {
    const value = when[name];
    if (value === undefined) return [];
    const make = makers[name] as (value: unknown, all: Conditions) => Condition;
    return [{ name, holds: make(value, when) }];
  });
  return [
    ...simple,
    ...(when.not === undefined ? [] : [{ name: 'not', holds: not(compile(when.not)) }]),
    ...(when.anyOf === undefined ? [] : [{ name: 'anyOf', holds: any(when.anyOf.map(compile)) }]),
  ];
}

/** Combines all conditions in one function, which is built once for each policy. */
export function compile(when: When): Condition {
  const tests = conditionsOf(when).map(({ holds }) => holds);
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : all(tests);
}

/** Reads a value that a finding may lack. An absent value makes the condition unknown. */
function known<Value>(
  field: string,
  read: (subject: Subject) => Value | undefined,
  test: (value: Value) => boolean,
): Condition {
  const unknown = { unknown: field };
  return (subject) => {
    const value = read(subject);
    return value === undefined ? unknown : test(value);
  };
}

function exactly(
  field: string,
  values: readonly string[],
  read: (subject: Subject) => string | undefined,
): Condition {
  return known(field, read, oneOf(values));
}

/** Most policies name one value, and comparing it costs less than hashing. */
function oneOf(values: readonly string[]): (value: string) => boolean {
  const [only] = values;
  if (values.length === 1) return (value) => value === only;
  const wanted = new Set(values);
  return (value) => wanted.has(value);
}

const makers: {
  readonly [Each in Name]-?: (value: NonNullable<Conditions[Each]>, all: Conditions) => Condition;
} = {
  severity: (values) => exactly('severity', values, ({ finding }) => finding.severity),
  minSeverity: (least) =>
    exactly('severity', severities.slice(severities.indexOf(least)), ({ finding }) => finding.severity),
  account: (values) => exactly('account', values, ({ finding }) => finding.object.accountId),
  region: (values) => exactly('region', values, ({ finding }) => readableRegion(finding)),
  bucket: (patterns) => onText(patterns, ({ finding }) => finding.object.bucket),
  key: (patterns) => onText(patterns, ({ finding }) => finding.object.key),
  extension(values) {
    const wanted = new Set(values.map((value) => value.toLowerCase()));
    return ({ finding }) => wanted.has(extensionOf(finding).toLowerCase());
  },
  minSize: (least) =>
    known(
      'size',
      ({ finding }) => finding.object.sizeBytes,
      (size) => size >= least,
    ),
  maxSize: (most) =>
    known(
      'size',
      ({ finding }) => finding.object.sizeBytes,
      (size) => size <= most,
    ),
  type: (values) => exactly('type', values, ({ finding }) => finding.type),
  category(values) {
    const wanted = new Set(values);
    return known(
      'category',
      ({ finding }) => finding.traits?.categories,
      (found) => found.some((each) => wanted.has(each)),
    );
  },
  storageClass: (values) => exactly('storageClass', values, ({ finding }) => finding.traits?.storageClass),
  discovery: (values) => exactly('discovery', values, ({ finding }) => finding.traits?.discovery),
  encryption: (values) => exactly('encryption', values, ({ finding }) => finding.traits?.encryption),
  jobId(values) {
    const test = exactly('jobId', values, ({ finding }) => finding.traits?.jobId);
    // Automated discovery has no job.
    return (subject) => (subject.finding.traits?.discovery === 'automated' ? false : test(subject));
  },
  publicAccess: (wanted) =>
    known(
      'publicAccess',
      ({ finding }) => finding.traits?.publicAccess,
      (found) => found === wanted,
    ),
  partial: (wanted) =>
    known(
      'partial',
      ({ finding }) => finding.traits?.partial,
      (found) => found === wanted,
    ),
  origin: (values) => exactly('origin', values, ({ origin }) => origin),
  objectTag: (patterns) => onTags('objectTag', patterns, ({ finding }) => finding.traits?.objectTags),
  bucketTag: (patterns) => onTags('bucketTag', patterns, ({ finding }) => finding.traits?.bucketTags),
  customDataIdentifier: (patterns) => onDetections('custom', 'customDataIdentifier', patterns),
  managedDataIdentifier: (patterns) => onDetections('managed', 'managedDataIdentifier', patterns),
  minCount: (least, { customDataIdentifier, managedDataIdentifier }) =>
    onCount(least, customDataIdentifier, managedDataIdentifier),
};

/** A region in a form that is not understood is unknown, because it may be any region. */
function readableRegion({ object: { region } }: Finding): string | undefined {
  return region === unreadableRegion ? undefined : region;
}

function onText(patterns: readonly string[], read: (subject: Subject) => string): Condition {
  const matching = anyMatcherOf(patterns);
  return (subject) => matching(read(subject));
}

/**
 * Returns the extension that the finding names, or the text after the last dot of the last part of the key. A
 * name whose only dot is its first character has no extension.
 */
function extensionOf({ object, traits }: Finding): string {
  if (traits?.extension !== undefined) return traits.extension;
  const name = object.key.slice(object.key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1) : '';
}

/** `Name` matches a tag with any value; `Name=pattern` matches a tag with such a value. */
function onTags(
  field: string,
  wanted: readonly string[],
  read: (subject: Subject) => readonly ObjectTag[] | undefined,
): Condition {
  const tests = wanted.map((each) => {
    const equals = each.indexOf('=');
    const name = equals < 0 ? each : each.slice(0, equals);
    const matching = equals < 0 ? () => true : matcherOf(each.slice(equals + 1));
    return (tag: ObjectTag) => tag.key === name && matching(tag.value);
  });
  return known(field, read, (tags) => tags.some((tag) => tests.some((test) => test(tag))));
}
