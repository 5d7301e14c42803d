import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { commandTimeouts } from '../sdk/command-timeouts.ts';
import { pinnedOfOthers } from '../sdk/pinned.ts';

export type RoleCredentials = Awaited<ReturnType<ReturnType<typeof fromTemporaryCredentials>>>;

/** Returns the credentials of one session of a role, an hour at most. Errors of the SDK are passed on. */
export async function assumeRole(
  roleArn: string,
  sessionName: string,
  place: { readonly region: string; readonly endpoint?: string },
): Promise<RoleCredentials> {
  return await fromTemporaryCredentials({
    params: { RoleArn: roleArn, RoleSessionName: sessionName },
    clientConfig: { ...pinnedOfOthers, requestHandler: commandTimeouts(), ...place },
  })();
}
