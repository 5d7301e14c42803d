import {
  GetAdministratorAccountCommand,
  GetMacieSessionCommand,
  type Macie2Client,
} from '@aws-sdk/client-macie2';
import type { MacieSession } from '../../core/operate/doctor/judge-macie.ts';
import { valueOf } from '../sdk/answered.ts';

/** Returns the settings of Macie in the account; `undefined` if Macie is not enabled. */
export async function macieSession(client: Macie2Client): Promise<MacieSession | undefined> {
  try {
    const { findingPublishingFrequency, status } = await client.send(new GetMacieSessionCommand({}));
    return {
      status: valueOf(status, 'GetMacieSession', 'status'),
      ...(findingPublishingFrequency !== undefined && { publishingFrequency: findingPublishingFrequency }),
    };
  } catch (error) {
    // Macie says it in a sentence, under the name of a denial.
    if (error instanceof Error && /^macie is not enabled/i.test(error.message)) return undefined;
    throw error;
  }
}

/** Returns the account that administers Macie for this one; `undefined` if there is none. */
export async function macieAdministrator(client: Macie2Client): Promise<string | undefined> {
  const { administrator } = await client.send(new GetAdministratorAccountCommand({}));
  return administrator?.accountId;
}
