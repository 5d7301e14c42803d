import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { commandTimeouts } from '../sdk/command-timeouts.ts';
import { pinnedOfOthers } from '../sdk/pinned.ts';

/** A command must not wait longer for a name. */
const timeouts = commandTimeouts({ connection: 3_000, answer: 5_000, bytes: 5_000 });

/**
 * Returns the ARN of the principal whose credentials are used, such as
 * `arn:aws:sts::111122223333:assumed-role/release-desk/ada`. The call needs no permission. Errors of the SDK
 * are passed on.
 */
export async function readCallerArn(config: STSClientConfig): Promise<string> {
  const client = new STSClient({ ...pinnedOfOthers, requestHandler: timeouts, ...config });
  try {
    // The answer also has the user id. It is not returned, because it adds only an internal id of the role.
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    if (!Arn) throw new NoCallerError();
    return Arn;
  } finally {
    client.destroy();
  }
}

class NoCallerError extends Error {
  override readonly name = 'NoCaller';

  constructor() {
    super('STS answers without an ARN');
  }
}
