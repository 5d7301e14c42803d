import { commandTimeouts } from '../aws/sdk/command-timeouts.ts';
import type { SettingSources, Settings } from '../config/setting-sources.ts';

/** Reads stacks and parameters. The clients are loaded with the first call. */
export function composeSettingSources(env: Settings): SettingSources {
  const config = (service: string) => {
    const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
    const endpoint = env[`AWS_ENDPOINT_URL_${service}`] ?? env['AWS_ENDPOINT_URL'];
    return {
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
