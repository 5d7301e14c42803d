import { SSMClient } from '@aws-sdk/client-ssm';

/** This module is imported when a parameter is first read, so that a worker without parameters does not load the client. */
export function createSsmClient(options: NonNullable<ConstructorParameters<typeof SSMClient>[0]>): SSMClient {
  return new SSMClient(options);
}
