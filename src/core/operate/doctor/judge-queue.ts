import { jsonOf } from '../../json.ts';
import { type Denial, denies } from './denial.ts';
import { rolesOfPeople, services } from './exceptions.ts';
import { isAboutActions, isRecord, statementsOf } from './statements.ts';
import { ok, problemsOr, updateDataPlane, type Verdict, wrong } from './verdict.ts';

/** Attributes of a queue, as SQS names them. */
export type QueueAttributes = Readonly<Record<string, string>>;

const daySeconds = 86_400;

/** A message that is parked at `PARK_AFTER_RECEIVES` must not be moved by SQS before that, without its reason. */
export function judgeRedrive(
  { RedrivePolicy }: QueueAttributes,
  deadLetterArn: string | undefined,
  parkAfterReceives: number,
): Verdict {
  const policy = jsonOf(RedrivePolicy);
  if (!isRecord(policy)) {
    return wrong(
      'The findings queue has no dead-letter queue: a message that kills workers comes for ever.',
      updateDataPlane,
    );
  }
  const most = Number(policy['maxReceiveCount']);
  return problemsOr(ok(`after ${most} receives`), [
    deadLetterArn !== undefined && policy['deadLetterTargetArn'] !== deadLetterArn
      ? wrong(
          'The findings queue moves messages to another queue than DEAD_LETTER_QUEUE_URL.',
          'Set DEAD_LETTER_QUEUE_URL to the output DeadLetterQueueUrl of data-plane.yaml.',
        )
      : undefined,
    most <= parkAfterReceives
      ? wrong(
          `SQS moves a message after ${most} receives, and the worker parks it with its reason only at ${parkAfterReceives}.`,
          `Set PARK_AFTER_RECEIVES below ${most}, or maxReceiveCount to 40.`,
        )
      : undefined,
  ]);
}

export function judgeRetention({ MessageRetentionPeriod }: QueueAttributes, leastDays: number): Verdict {
  const days = Number(MessageRetentionPeriod) / daySeconds;
  if (days >= leastDays) return ok(`${Math.floor(days)} days`);
  const lost = Number.isNaN(days)
    ? 'Nobody knows after how many days messages are lost'
    : `Messages are lost after ${days === 1 ? 'a day' : `${Number(days.toFixed(1))} days`}`;
  return wrong(`${lost}; ${leastDays} are meant.`, updateDataPlane);
}

const sendingByOthers: Denial = { actions: ['sqs:SendMessage'], exceptions: [rolesOfPeople, services] };

/** The queue must take events of the rule, and no message of others than operators. */
export function judgeQueuePolicy({ Policy }: QueueAttributes): Verdict {
  const statements = statementsOf(Policy);
  if (statements === undefined) {
    return wrong('The findings queue has no policy, so that EventBridge cannot send to it.', updateDataPlane);
  }
  const admitsEvents = statements.some(
    (statement) =>
      statement.Effect === 'Allow' &&
      isAboutActions(statement, sendingByOthers.actions) &&
      JSON.stringify(statement.Principal ?? '').includes('events.amazonaws.com'),
  );
  const deniesOthers = statements.some((statement) => denies(statement, sendingByOthers));
  return problemsOr(ok(), [
    admitsEvents
      ? undefined
      : wrong('The policy of the findings queue does not admit EventBridge.', updateDataPlane),
    deniesOthers
      ? undefined
      : wrong('Everybody with sqs:SendMessage may put findings on the queue.', updateDataPlane),
  ]);
}
