import { errorCode } from '../../core/errors.ts';
import type { Message } from '../../core/message.ts';
import type { EventLog } from '../event-log.ts';
import type { MessageIdentity } from '../message-identity.ts';
import type { Metrics } from '../metrics.ts';
import type { UnfinishedFindings } from '../unfinished.ts';

const states = ['visible', 'in_flight', 'delayed'] as const;

/** A queue that cannot be polled for less than this needs nobody: most times it answers again within a second. */
const patienceMs = 60_000;

type Depth = Readonly<Record<(typeof states)[number], number>>;

/** The events of the queue: it is polled and sampled, and its messages are received, kept invisible and settled. */
export function createQueueEvents(
  { log, heldBack }: EventLog,
  metrics: Metrics,
  now: () => Date,
  identity: MessageIdentity,
  unfinished: UnfinishedFindings,
) {
  const seconds = () => now().getTime() / 1000;
  let failingSinceMs: number | undefined;
  const sampled = new Set<string>();

  return {
    polled() {
      metrics.lastPoll.set(seconds());
      if (failingSinceMs !== undefined) log('info', 'poll_recovered', {}, 'the queue answers again');
      failingSinceMs = undefined;
    },
    pollFailed(error: unknown) {
      metrics.queuePollErrors.inc();
      const atMs = now().getTime();
      failingSinceMs ??= atMs;
      const code = errorCode(error);
      const repeated = heldBack('poll', code);
      if (repeated === undefined) return;
      const level = atMs - failingSinceMs < patienceMs ? 'warn' : 'error';
      log(level, 'poll_failed', { code, repeated, err: error }, 'the queue cannot be polled');
    },
    messageReceived(message: Message, earlier?: Message) {
      if (earlier) identity.isSameAs(message, earlier);
      metrics.messagesReceived.inc();
      metrics.receives.observe(message.receiveCount);
      metrics.receiveCount.observe(message.receiveCount);
      if (message.receiveCount === 1) {
        metrics.queueWait.observe(Math.max(0, (now().getTime() - message.sentAt.getTime()) / 1000));
      }
      log('debug', 'message_received', { messageId: message.id, attempt: message.receiveCount }, 'received');
    },
    inFlightChanged(count: number) {
      metrics.messagesInFlight.set(count);
    },
    visibilityExtended(result: 'extended' | 'failed' | 'lost', message: Message) {
      metrics.visibilityExtensions.inc({ result });
      if (result === 'extended') return;
      const fields = { ...identity.fieldsOf(message), result };
      log('warn', 'visibility_not_extended', fields, 'visibility not extended');
    },
    settled(how: 'delete' | 'park' | 'back-off' | 'hand-back' | 'lost', message: Message) {
      metrics.messagesSettled.inc({ how });
      if (how !== 'back-off') unfinished.left(message);
      const text = how === 'lost' ? 'the receipt handle is lost; the message may come again' : how;
      log(how === 'lost' ? 'warn' : 'debug', 'message_settled', { ...identity.fieldsOf(message), how }, text);
    },
    settlingFailed(how: string, message: Message, error: unknown) {
      if (how !== 'back-off') unfinished.left(message);
      const fields = { ...identity.fieldsOf(message), how, err: error };
      log('warn', 'settling_failed', fields, 'the message will come again');
    },
    queueSampled(queue: 'findings' | 'dead-letter', depth: Depth | Error) {
      const isFirst = !sampled.has(queue);
      sampled.add(queue);
      if (isFirst || !(depth instanceof Error)) metrics.queueSampled.set({ queue }, seconds());
      if (!(depth instanceof Error)) {
        for (const state of states) metrics.queueMessages.set({ queue, state }, depth[state]);
        return;
      }
      // A number that is not known is not shown.
      for (const state of states) metrics.queueMessages.remove({ queue, state });
      const fields = { queue, code: errorCode(depth), err: depth };
      log('warn', 'queue_not_sampled', fields, 'how many messages the queue holds is not known');
    },
  };
}
