import { EventBridgeClient } from '@aws-sdk/client-eventbridge';

/** This module is imported only if an outcome bus is set, so that other workers do not load the client. */
export function createEventBridgeClient(
  options: NonNullable<ConstructorParameters<typeof EventBridgeClient>[0]>,
): EventBridgeClient {
  return new EventBridgeClient(options);
}
