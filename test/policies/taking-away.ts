import {
  type Asked,
  administrator,
  authorizer,
  deploying,
  operator,
  queue,
  topic,
  worker,
} from '../support/policy-requests.ts';

const take = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'];
const configure = ['SetQueueAttributes', 'AddPermission', 'RemovePermission', 'DeleteQueue'];
const queues = ['findings', 'findings-dead-letter', 'rules-dead-letter'];

const to = (who: Asked[1], name: string, actions: readonly string[], names: readonly string[]): Asked[] =>
  names.flatMap((each) =>
    actions.map((action): Asked => [`${action} at ${each}, to ${name}`, who, queue(`sqs:${action}`, each)]),
  );

/** Ways to take findings and alerts away so that nobody hears of them. */
export const takingAway: readonly Asked[] = [
  ...to(
    administrator,
    'an administrator',
    [...take, ...configure, 'PurgeQueue', 'StartMessageMoveTask'],
    queues,
  ),
  ...to(deploying, 'the role that deploys', ['ReceiveMessage', 'PurgeQueue'], queues),
  ...to(operator, 'an operator', take, ['findings']),
  ...to(operator, 'an operator', ['PurgeQueue', 'SetQueueAttributes'], queues),
  ...to(authorizer.operator, 'the operator role', ['PurgeQueue'], queues),
  ...to(worker, 'the worker', [...take, 'PurgeQueue'], ['findings-dead-letter', 'rules-dead-letter']),
  ['purging the queue, to the worker', worker, queue('sqs:PurgeQueue', 'findings')],
  ...['alerts', 'alarms'].flatMap((name) =>
    ['Subscribe', 'SetTopicAttributes', 'AddPermission', 'RemovePermission', 'DeleteTopic'].map(
      (action): Asked => [
        `${action} at ${name}, to an administrator`,
        administrator,
        topic({}, `sns:${action}`, name),
      ],
    ),
  ),
];
