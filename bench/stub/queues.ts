import type { Counter } from './counts.ts';
import type { Load, LoadDone } from './protocol.ts';
import { createQueue, type Input } from './queue.ts';

/** SQS with as many queues as are named, for what the worker calls. Messages are never lost and never expire. */
export function createQueues(counter: Counter) {
  const queues = new Map<string, ReturnType<typeof createQueue>>();
  const named = (name: string) => {
    const known = queues.get(name) ?? createQueue(counter);
    queues.set(name, known);
    return known;
  };
  return {
    /** Resolves once every message of the load is deleted. */
    load: (load: Load): Promise<LoadDone> => named(load.queue).load(load),
    /** What is in flight becomes visible, as if its visibility timeout had run out. */
    redeliver: (queue: string): void => named(queue).redeliver(),
    /** The answer to one call; a receive may wait for messages as long as it asks to. */
    answer(operation: string, input: Input, onGone: (gone: () => void) => void): Promise<object> | object {
      const queue = named(String(input['QueueUrl']).split('/').at(-1) ?? '');
      switch (operation) {
        case 'ReceiveMessage':
          return queue.receive(
            Number(input['MaxNumberOfMessages']),
            Number(input['WaitTimeSeconds']),
            onGone,
          );
        case 'DeleteMessageBatch':
          return queue.remove(input['Entries'] as Input[]);
        case 'DeleteMessage':
          return queue.remove([{ ...input, Id: '0' }]);
        case 'ChangeMessageVisibilityBatch':
          return queue.hide(input['Entries'] as Input[]);
        default:
          // A worker takes a depth that lacks a number for unknown.
          return {
            Attributes: {
              ApproximateNumberOfMessages: String(queue.visible()),
              ApproximateNumberOfMessagesNotVisible: '0',
              ApproximateNumberOfMessagesDelayed: '0',
            },
          };
      }
    },
  };
}
