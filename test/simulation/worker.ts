import type { HandleSettings } from '../../src/core/handle-finding.ts';
import type { Actor } from './actor.ts';
import type { Court } from './history/court.ts';
import type { FlaggedTruth } from './history/truth.ts';
import { createModelPorts, type Surroundings } from './model/ports.ts';
import type { ModelQueue } from './model/queue.ts';

export interface Workplace {
  readonly around: Surroundings;
  readonly queue: ModelQueue;
  readonly court: Court;
  readonly settings: HandleSettings;
  flaggedBy(messageId: string): FlaggedTruth | undefined;
  /** Told which message a worker has received, and for which time. */
  received(by: string, messageId: string, receiveCount: number): void;
}

/** A worker's life: it receives, handles and settles one message after the other. */
export async function work(actor: Actor, workplace: Workplace): Promise<void> {
  const { around, court, queue, settings } = workplace;
  const { product } = around;
  const ports = createModelPorts(actor, around);
  const receive = () => {
    const delivery = queue.receive();
    if (delivery === undefined) return undefined;
    const { id, receiveCount } = delivery.message;
    workplace.received(actor.name, id, receiveCount);
    court.begin(actor.name, delivery.message, workplace.flaggedBy(id));
    return delivery;
  };
  for (;;) {
    const delivery = await actor.call('receive', receive, () => queue.isVisible());
    if (delivery === undefined) continue;
    const { message, handle } = delivery;
    try {
      // A process keeps its settings as long as it lives.
      const { outcome, settlement } = await product.handleFinding(message, ports, { ...settings });
      await product.settle(settlement, {
        park: ({ reason, outcome: parkedAs }) =>
          actor.call('park', () => {
            queue.park({ sourceMessageId: message.id, body: message.body, reason, outcome: parkedAs });
          }),
        acknowledge: (how) =>
          actor.call('acknowledge', () => {
            court.acknowledged(actor.name, how, outcome.name);
            // Where its record could not be written, it is parked.
            queue.isHeld(message, outcome.name === 'held' && how === 'delete');
            queue.delete(handle);
          }),
      });
    } catch (error) {
      // Anything else than a fault that the product knows is a fault of the product, or of the model.
      if (!(error instanceof product.RetryableError)) throw error;
    }
    court.end(actor.name);
  }
}
