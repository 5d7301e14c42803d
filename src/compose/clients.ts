import { type Clients, createClients } from '../aws/sdk/clients.ts';
import type { Config } from '../config/config.ts';
import type { Events } from '../telemetry/events.ts';

/** Composes the clients of AWS. Every call is reported, and `onS3Answer` learns whether S3 throttled it. */
export function composeClients(
  config: Config,
  events: Events,
  onS3Answer: (throttled: boolean) => void,
): Clients {
  return createClients({
    region: config.region,
    members: config.memberRole && { role: config.memberRole, ownAccountId: config.accountId },
    endpoints: config.endpoints,
    maximumSockets: config.concurrency + config.multipartConcurrency,
    onDone: (request) => events.awsRequestDone(request),
    onS3Answer,
    onError: (failure) => events.awsRequestFailed(failure),
  });
}
