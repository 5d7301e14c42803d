import type { FenceSeen } from '../alert-topic.ts';
import type { FoldedName } from '../outcome.ts';
import { aboutFences, fenceState } from './fence-words.ts';

/** The findings of a digest that end in the same way, and so need the same words. */
export interface DigestEnd {
  readonly outcome: FoldedName;
  /** Absent if the worker did not try to fence the objects. */
  readonly fence?: FenceSeen;
  /** The objects were held, and operators had requested their isolation. */
  readonly isRequest?: true;
  /** The policy fences the objects, and nothing was there to fence. */
  readonly isWithoutFence?: true;
}

const nothingDone = 'the data is STILL EXPOSED. Nothing was done to these objects';

/** For each outcome a word for the end of the objects, and a sentence that says what a person does about it. */
const words: Readonly<
  Record<FoldedName, { readonly became: string; readonly title: string; readonly todo: string }>
> = {
  isolated: {
    became: 'isolated',
    title: 'Isolated',
    todo: 'the data can no longer be read. Nothing has to be done; put back what was no personal data with `macie-isolator release <finding id>`.',
  },
  dry_run: { became: 'rehearsed', title: 'Rehearsed in a dry run', todo: 'nothing was touched.' },
  alerted: {
    became: 'kept by policy',
    title: 'Kept',
    todo: 'the policy leaves these objects where they are. Decide whether they may stay.',
  },
  changed: {
    became: 'changed',
    title: 'Changed',
    todo: 'what Macie flagged is no longer there. If what lies there now matters, let Macie scan it.',
  },
  gone: {
    became: 'gone',
    title: 'Gone',
    todo: 'somebody removed the objects before they could be isolated. Ask their owner where the data went.',
  },
  held: {
    became: 'held by a limit',
    title: 'Held',
    todo: held(nothingDone),
  },
};

/** What became of the objects, for counts. */
export function became(outcome: FoldedName): string {
  return words[outcome].became;
}

/** What a person does about the objects. */
export function whatToDoAbout({ fence, isRequest, isWithoutFence, outcome }: DigestEnd): string {
  if (isWithoutFence) {
    return 'Nothing fenced: what Macie flagged is no longer there, or a person released it. If what lies there now matters, let Macie scan it.';
  }
  const { title, todo: ofFindings } = words[outcome];
  const todo = isRequest ? held(nothingDone, true) : ofFindings;
  if (fence === undefined) return `${title}: ${todo}`;
  const told = outcome === 'held' ? heldWithFence(fence, isRequest) : todo;
  return `${title}, ${fenceState(fence)}: ${told} ${aboutFences(fence)}`;
}

function heldWithFence({ fence }: FenceSeen, isRequest?: boolean): string {
  if (fence === 'fenced') return held('these objects were not isolated', isRequest);
  return held('the data is STILL EXPOSED. These objects were not isolated', isRequest);
}

/** Macie knows nothing of a request, so a comparison with its findings does not send the request again. */
function held(wasDone: string, isRequest = false): string {
  if (isRequest) {
    return `${wasDone}, and their requests are not tried again by themselves. If the bucket is right, send them again with \`macie-isolator isolate\`.`;
  }
  return `${wasDone}, and their findings are not tried again by themselves. If the rule is right, send them again with \`macie-isolator reconcile --send-held\`.`;
}
