import type { Confirmation } from '../../core/confirmation.ts';
import type { Message } from '../../core/message.ts';
import type { EventLog } from '../event-log.ts';
import type { MessageIdentity } from '../message-identity.ts';
import type { Metrics } from '../metrics.ts';

/** Events of the question to Macie. The values of fields that differ are not logged, because a sender chose them. */
export function createConfirmationEvents({ log }: EventLog, metrics: Metrics, identity: MessageIdentity) {
  return {
    confirmationDone(message: Message, { result, unconfirmed }: Confirmation) {
      metrics.confirmations.inc({ result });
      if (unconfirmed === undefined) return;
      const differing = unconfirmed.why === 'differs' ? unconfirmed.fields : undefined;
      const fields = { ...identity.fieldsOf(message), why: unconfirmed.why, differing };
      log('warn', 'finding_not_confirmed', fields, 'Macie does not confirm the finding');
    },
  };
}
