import type { Unconfirmed } from '../confirmation.ts';
import { requestIdPattern } from '../evidence/requests.ts';
import type { Rehearsal } from '../isolation.ts';
import { type Outcome, type OutcomeName, reasonText } from '../outcome.ts';
import {
  type AlertInput,
  isOutsideRegions,
  isUnknown,
  isWithoutFence,
  mayRemain,
  readable,
} from './alert-input.ts';
import { defang } from './defang.ts';
import { aboutFence, fencedText, isFenced } from './fence-words.ts';
import { leavesTrace } from './needs-person.ts';
import { aboutRest, exposureText, ofTheSameSize, show } from './rest-words.ts';
import { oneLine } from './show-text.ts';

/** The words of an alert about one outcome, from which e-mail, SMS and subject are made. */
interface Words {
  /** What is the case, without a full stop. It names neither bucket nor key. */
  readonly headline: string;
  /** The same for a subject, after severity, type and account. */
  readonly short?: string;
  /** Whether the data can still be read, what to do, and the command that does it. */
  readonly todo: string;
}

type OutcomeOf<Name extends OutcomeName> = Extract<Outcome, { readonly name: Name }>;

/** What the words are made from. */
interface About<Name extends OutcomeName> {
  readonly input: AlertInput;
  readonly outcome: OutcomeOf<Name>;
  /** The name of the finding for a command; a message that names no finding has none. */
  readonly id: string;
  readonly exposure: string;
  readonly unknown: boolean;
}

/** One table for all texts: what is true of an outcome is written once. */
const words: { readonly [Name in OutcomeName]: (about: About<Name>) => Words } = {
  isolated: ({ exposure, id, input }) => ({
    headline: input.isolation?.removal?.uncomparedVersions.length
      ? 'Object isolated, some versions not compared'
      : 'Object isolated',
    todo:
      aboutRest(input, id) ??
      `${exposure}. Nothing has to be done. If it is no personal data, put it back: \`macie-isolator release ${id}\`.`,
  }),
  already_isolated: ({ exposure, id, input }) => ({
    headline: 'Object was isolated before',
    todo: aboutRest(input, id) ?? `${exposure}. Nothing has to be done. ${show(id)}`,
  }),
  dry_run: ({ exposure, id, input }) => ({
    headline: dryRunHeadline(input.isolation?.rehearsal),
    todo: input.isolation?.copy
      ? `This is a dry run: nothing was done now. An earlier delivery had begun: there is a copy, and the source may be gone. ${show(id)}`
      : `This is a dry run: neither a copy nor a delete was tried. ${exposure}. ${show(id)}`,
  }),
  alerted: ({ exposure, id, input }) => ({
    headline: `Sensitive data found, ${keptAs(input)}`,
    todo: `${whyKept(input, exposure)} ${show(id)}`,
  }),
  ignored: ({ id, input }) => ({
    headline: 'Finding ignored',
    todo: `The policy leaves this object where it is. ${leavesTrace(input) ? 'An earlier delivery acted on it, when the policy or a setting was another: see the fence or the delete marker below. ' : ''}Decide whether it may stay. ${show(id)}`,
  }),
  released: ({ id }) => ({
    headline: 'Object was released by a person',
    todo: `Nothing has to be done. A person put these very bytes back. ${show(id)}`,
  }),
  changed: ({ exposure, id, input }) => ({
    headline: 'Object changed since the scan, the new one untouched',
    todo: mayRemain(input)
      ? `${exposure}: the flagged version is no longer there, but ${ofTheSameSize} ${show(id)}`
      : (aboutRest(input, id) ??
        `${exposure}: what Macie flagged is no longer there. If what lies there now matters, let Macie scan it. ${show(id)}`),
  }),
  gone: ({ exposure, id, input }) => ({
    headline: 'Object is gone and no verified copy exists',
    todo: mayRemain(input)
      ? `${exposure}: somebody removed the flagged version before it could be isolated, but ${ofTheSameSize} ${show(id)}`
      : (aboutRest(input, id) ??
        `${exposure}: somebody removed the object before it could be isolated. Ask its owner where the data went. ${show(id)}`),
  }),
  retained: ({ exposure, id, outcome, unknown }) => ({
    headline: unknown
      ? `Copied, but the source may still be there (${outcome.reason})`
      : `Copied, but the source could not be removed (${outcome.reason})`,
    short: `${unknown ? 'Maybe NOT' : 'NOT'} removed: ${outcome.reason}`,
    todo: `${exposure} at the source. ${parkedMessage} ${mend(id)}`,
  }),
  refused: ({ exposure, id, outcome, unknown }) => ({
    headline: unknown
      ? `Object may NOT be isolated (${outcome.reason})`
      : `Object NOT isolated (${outcome.reason})`,
    todo: `${exposure}. ${parkedMessage} ${mend(id)}`,
  }),
  held: ({ exposure, id, input, outcome }) => ({
    headline: `Object NOT isolated, a limit is reached (${outcome.reason})`,
    todo: `${exposure}. ${input.isolation?.fence ? 'The object was not isolated' : 'Nothing was done to the object'}, and the ${requestIdPattern.test(id) ? 'request' : 'finding'} is not tried again by itself. If the ${outcome.reason === 'rule-limit' ? 'rule' : 'bucket'} is right, send it again: \`${sendAgain(id)}\`. ${show(id)}`,
  }),
  rejected: ({ input, outcome }) => ({
    headline: `Message rejected (${outcome.reason})`,
    todo: `${notConfirmed(input.isolation?.unconfirmed)}${parkedMessage} No object was touched. Look at it: \`macie-isolator dlq show ${input.finding?.id ?? input.messageId}\`.`,
  }),
};

/** A sentence about the present state, without a full stop. */
export function headline(input: AlertInput): string {
  return wordsOf(input).headline;
}

/** A text that fits into a subject after severity, type and account. */
export function inShort(input: AlertInput): string {
  const { headline: long, short = long } = wordsOf(input);
  return short;
}

/** Whether the data can still be read, what to do, and the command that does it. */
export function whatToDo(input: AlertInput): string {
  return wordsOf(input).todo;
}

function wordsOf(input: AlertInput): Words {
  const { finding, messageId, outcome } = input;
  const about = {
    input,
    outcome,
    id: finding?.id ?? messageId,
    exposure: isFenced(input.isolation) ? fencedText(input.isolation) : exposureText[readable(input)],
    unknown: isUnknown(input),
  };
  const make = words[outcome.name] as (about: object) => Words;
  const made = make(about);
  const onFence = aboutFence(input);
  return onFence === '' ? made : { ...made, todo: `${made.todo} ${onFence}` };
}

/** True with and without a dead-letter queue of the worker, which an alert does not know. */
const parkedMessage =
  'The message waits in the dead-letter queue with its reason (without DEAD_LETTER_QUEUE_URL, the redrive policy moves it there later).';

function keptAs(input: AlertInput): string {
  if (isWithoutFence(input)) return 'nothing fenced';
  return isFenced(input.isolation) ? 'object fenced' : 'object kept';
}

/** What the policy did with an object that it does not isolate, and what to do. */
function whyKept(input: AlertInput, exposure: string): string {
  if (isOutsideRegions(input)) {
    return `The policy fences this object, but its region is not allowed, so NOTHING was fenced. ${exposure}. If the worker may act there, add the region to ALLOWED_SOURCE_REGIONS; if not, let the owner of the object close it.`;
  }
  if (isWithoutFence(input)) {
    return `The policy fences this object, but NOTHING was fenced: what Macie flagged is no longer there, or a person released it. ${exposure}. If what lies there now matters, let Macie scan it.`;
  }
  return `The policy leaves this object where it is. ${exposure}. ${decide(input)}`;
}

/** No command isolates what an exception of the policy keeps. */
function decide({ decision }: AlertInput): string {
  const exception = decision?.exception;
  return exception === undefined
    ? 'Decide whether it may stay; if not, isolate it with `macie-isolator isolate`.'
    : `The exception ${defang(oneLine(exception.name))} of the policy keeps it. Decide whether it may stay; if not, change the exception first.`;
}

/** Macie knows nothing of a request, so a comparison with its findings does not send the request again. */
function sendAgain(id: string): string {
  return requestIdPattern.test(id) ? 'macie-isolator isolate' : 'macie-isolator reconcile --send-held';
}

function mend(id: string): string {
  return `See the cause with \`macie-isolator show ${id}\`, repair it, then \`macie-isolator dlq replay --finding ${id}\`.`;
}

function dryRunHeadline(rehearsal: Rehearsal | undefined): string {
  const expected = rehearsal?.expected ?? { name: 'isolated' };
  if (expected.name === 'isolated') return 'Dry run: object would be isolated';
  const reason = reasonText(expected);
  return `Dry run: would end as ${expected.name}${reason === undefined ? '' : ` (${reason})`}`;
}

function notConfirmed(unconfirmed: Unconfirmed | undefined): string {
  const attack = 'Somebody forged it, or it was sent by mistake. ';
  switch (unconfirmed?.why) {
    case undefined:
      return '';
    case 'differs':
      return `Macie has another finding under this id; these differ: ${unconfirmed.fields.join(', ')}. ${attack}`;
    case 'no-request':
      return `The message is about the request of an operator, and no operator has put such a request. ${attack}`;
    case 'unknown':
      return `Macie does not know this finding. ${attack}`;
    case 'expired':
      return 'Macie does not know this finding, which is older than 90 days: Macie keeps findings for 90 days only, so nobody can confirm it any more. Let Macie scan the object again. If Macie never had the finding, somebody forged it, or it was sent by mistake. ';
  }
}
