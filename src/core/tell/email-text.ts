import type { Detection } from '../finding.ts';
import { type AlertFacts, firstOf } from './alert-facts.ts';
import type { AlertInput } from './alert-input.ts';
import { whatToDo } from './alert-words.ts';
import { consoleLink } from './console-link.ts';
import { defang } from './defang.ts';
import { oneLine } from './show-text.ts';

/**
 * Fields whose values contain a dot that this service or S3 put there, and nothing that a sender of findings
 * can choose.
 */
const ownValues: ReadonlySet<string> = new Set([
  'finding_created_at',
  'record',
  'remaining_versions',
  'would_remove_versions',
  'uncompared_versions',
  'hidden_by_delete_marker',
]);

/** The whole value must match, because a sender may append any text. */
const isMaciesType = /^SensitiveData:S3Object\/[A-Za-z]{1,40}$/;

/** How many kinds of data the first line names. The list below it names more. */
const mostKinds = 5;

/**
 * Two lines to act on: what was found and where; whether it can still be read, what to do, and the command that does
 * it. Below them each fact is on a line of its own. Control characters of a key are escaped as in JSON, and no foreign
 * text becomes a link. The JSON and the record hold the true key.
 */
export function emailText(input: AlertInput, { summary, ...rest }: AlertFacts): string {
  // Names of 200 identifiers, escaped in the JSON and once more in the e-mail, would not fit into a message of SNS.
  const detections = rest.detections && firstOf(rest.detections);
  const lines = Object.entries({ ...rest, detections })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const text = oneLine(value);
      return `${name.replaceAll('_', ' ')}: ${ownValues.has(name) || isMaciesType.test(text) ? text : defang(text)}`;
    });
  const link = consoleLink(input);
  return [
    whatAndWhere(input, summary),
    whatToDo(input),
    '',
    ...lines,
    ...(link === undefined ? [] : ['', `in the console of Macie: ${link}`]),
  ].join('\n');
}

function whatAndWhere({ finding }: AlertInput, headline: string): string {
  const object = finding?.object;
  const found = foundText(finding?.detections ?? []);
  const where =
    object && `${shown(object.key)} of bucket ${shown(object.bucket)}, account ${shown(object.accountId)}`;
  const parts = [found, where].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? `${headline}.` : `${headline}: ${parts.join(' in ')}.`;
}

/** What there is most of comes first. */
function foundText(detections: readonly Detection[]): string {
  const sorted = detections.toSorted((one, other) => (other.count ?? 0) - (one.count ?? 0));
  const named = sorted.slice(0, mostKinds).map(({ count, name }) => `${count ?? 'unknown'} x ${shown(name)}`);
  const more = detections.length - named.length;
  return [...named, ...(more > 0 ? [`${more} kinds more`] : [])].join(', ');
}

/** Others choose names and keys. */
function shown(text: string): string {
  return defang(oneLine(text));
}
