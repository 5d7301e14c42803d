import { Macie2Client } from '@aws-sdk/client-macie2';

/** This module is imported when Macie is first asked, so that a worker that never asks Macie does not load its client. */
export function createMacieClient(
  options: NonNullable<ConstructorParameters<typeof Macie2Client>[0]>,
): Macie2Client {
  return new Macie2Client(options);
}
