import type { CalledPlace } from '../aws/sdk/called-place.ts';
import { type Clients, createClients } from '../aws/sdk/clients.ts';
import type { Config } from '../config/config.ts';
import type { CallEnd } from '../flow/call-health.ts';
import type { Events } from '../telemetry/events.ts';

/** The listeners that hear of the calls to S3, beside the telemetry. */
export interface S3Listeners {
  /** Whether S3 throttled the call. */
  readonly answered: (throttled: boolean, place: CalledPlace | undefined) => void;
  readonly called: (place: CalledPlace | undefined, isCopy: boolean) => ((end: CallEnd) => void) | undefined;
}

/** Composes the clients of AWS. Every call is reported. */
export function composeClients(config: Config, events: Events, s3: S3Listeners): Clients {
  return createClients({
    region: config.region,
    members: config.memberRole && { role: config.memberRole, ownAccountId: config.accountId },
    endpoints: config.endpoints,
    // As many handlings again may be in work at slowed accounts.
    maximumSockets: 2 * config.concurrency + config.multipartConcurrency,
    onDone: (request) => events.awsRequestDone(request),
    onS3Answer: s3.answered,
    onS3Call: s3.called,
    onError: (failure) => events.awsRequestFailed(failure),
  });
}
