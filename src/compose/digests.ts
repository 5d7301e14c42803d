import { setTimeout as after } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { AlertDigests, AlertTopic, DigestEntry } from '../core/alert-topic.ts';
import { addToDigest, type DigestSum } from '../core/tell/digest.ts';
import { digestAlert } from '../core/tell/digest-alert.ts';
import { createDigests, type DigestOptions } from '../flow/digests.ts';
import type { Events } from '../telemetry/events.ts';
import { alertOperators } from './alert-operators.ts';

export interface ComposedDigests extends AlertDigests {
  /** From now on digests are sent within a moment. Resolves when those that wait are sent, or have failed. */
  hurry(): Promise<void>;
}

/** Messages that wait for a digest stay in memory and invisible in the queue, so their number has a bound. */
const mostThatWait = 2_000;
const hourMs = 3_600_000;
/** How often and at which distance the digest of held findings is tried, which no message waits for. */
const attempts = 5;
const retryMs = 60_000;
/** How many answers are remembered, for a message that comes back because its record could not be written. */
const remembered = 5_000;

type Answer = ReturnType<AlertDigests['fold']>;

/** The findings that a digest sums up, and the time since when. */
interface Sum {
  readonly since: Date;
  readonly sum: DigestSum;
  readonly findingIds: string[];
}

/**
 * Digests of the alerts of this worker: once a minute those beyond `ALERTS_PER_MINUTE`, for which their messages wait,
 * and once an hour the held findings, whose records say the same.
 */
export function composeDigests(
  { alertTopicArn, alertsPerMinute, isolationBucket }: Config,
  { alerts, events }: { readonly alerts: AlertTopic; readonly events: Events },
  { digestEveryMs = 60_000 }: { readonly digestEveryMs?: number | undefined },
): ComposedDigests {
  const stopping = new AbortController();
  const answers = new Map<string, Answer>();
  const publish = async ({ since, sum }: Sum): Promise<void> => {
    await alertOperators(alerts, events, digestAlert(sum, { isolationBucket, from: since, to: new Date() }));
    events.digestSent(sum.findings);
  };
  const publishSometime = async (sum: Sum): Promise<void> => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        return await publish(sum);
      } catch {
        if (stopping.signal.aborted) break;
        await after(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    events.digestGivenUp(sum.findingIds);
  };
  const shared: Pick<DigestOptions<DigestEntry, Sum>, 'groupOf' | 'add'> = {
    groupOf: ({ topic = '' }) => topic,
    add(earlier, entry) {
      const findingIds = earlier?.findingIds ?? [];
      findingIds.push(entry.finding.id);
      return {
        since: earlier?.since ?? new Date(),
        sum: addToDigest(earlier?.sum, entry),
        findingIds,
      };
    },
  };
  const minutely = createDigests({
    ...shared,
    atOnce: alertsPerMinute,
    windowMs: digestEveryMs,
    most: mostThatWait,
    send: publish,
  });
  const hourly = createDigests({ ...shared, atOnce: 1, windowMs: hourMs, send: publishSometime });

  const answerTo = (entry: DigestEntry): Answer => {
    if (entry.outcome.name !== 'held') return minutely.fold(entry);
    return hourly.fold(entry) === undefined ? undefined : 'noted';
  };

  return {
    fold(entry) {
      // Without a topic there is nobody to spare.
      if ((entry.topic ?? alertTopicArn) === undefined) return undefined;
      const key = `${entry.messageId} ${entry.outcome.name}`;
      // The answer to a repetition is the first answer. What was to be sent at once is sent again only if it was not
      // accepted: the topic knows the alerts that it sent.
      if (answers.has(key)) return answers.get(key);
      const answer = answerTo(entry);
      remember(answers, key, answer);
      // The findings of a digest that was not accepted are told anew.
      if (answer instanceof Promise) void answer.catch(() => answers.delete(key));
      return answer;
    },
    async hurry() {
      stopping.abort();
      await Promise.all([minutely.hurry(), hourly.hurry()]);
    },
  };
}

function remember(answers: Map<string, Answer>, key: string, answer: Answer): void {
  const oldest = answers.keys().next();
  if (answers.size >= remembered && oldest.done !== true) answers.delete(oldest.value);
  answers.set(key, answer);
}
