import { commandTimeouts } from '../aws/sdk/command-timeouts.ts';
import { pinnedOfOthers } from '../aws/sdk/pinned.ts';
import type { Settings } from '../config/parse-settings.ts';
import type { SettingSources } from '../config/setting-sources.ts';

/** Reads stacks and parameters. The clients are loaded with the first call. */
export function composeSettingSources(env: Settings): SettingSources {
  // An empty setting counts as unset, here as where the settings are parsed.
  const given = (name: string) => env[name]?.trim() || undefined;
  const config = (service: string) => {
    const region = given('AWS_REGION') ?? given('AWS_DEFAULT_REGION');
    const endpoint = given(`AWS_ENDPOINT_URL_${service}`) ?? given('AWS_ENDPOINT_URL');
    return {
      ...pinnedOfOthers,
      requestHandler: commandTimeouts(),
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint }),
    };
  };
  return {
    async stackOutputs(stack) {
      const { readStackOutputs } = await import('../aws/cloudformation/stack-outputs.ts');
      return readStackOutputs(stack, config('CLOUDFORMATION'));
    },
    async parameters(path) {
      const { readParameters } = await import('../aws/ssm/parameters.ts');
      return readParameters(path, config('SSM'));
    },
  };
}
