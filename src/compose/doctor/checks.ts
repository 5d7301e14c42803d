import { awsErrorCode, errorClassOf } from '../../aws/sdk/aws-errors.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import type { OperatorClients } from '../operator/clients.ts';
import { bucketChecks } from './bucket-checks.ts';
import { type DoctorSettings, lookAt } from './looked-at.ts';
import { macieChecks } from './macie-checks.ts';
import { placeChecks } from './place-checks.ts';
import { queueChecks } from './queue-checks.ts';
import { topicChecks } from './topic-checks.ts';

/** The checks of an installation, in the order in which a fault of one explains those of others. */
export function checksOf(clients: OperatorClients, settings: DoctorSettings): readonly Check[] {
  const looked = lookAt(clients, settings);
  return [placeChecks, macieChecks, queueChecks, bucketChecks, topicChecks].flatMap((checks) =>
    checks(looked),
  );
}

/** Why a check could not be made, by the code of the error: its text is foreign. */
export function whyUnknown(error: unknown): string {
  const code = awsErrorCode(error);
  return errorClassOf(error).kind === 'denied'
    ? `AWS denies the call (${code}): use a role that may read it.`
    : `The call failed (${code}).`;
}
