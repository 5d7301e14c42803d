import { startChain } from './chain.ts';
import type { WantedStack } from './installation.ts';
import type { DeployPorts } from './stack/deploy-ports.ts';
import { type DeployedStack, deployStack } from './stack/deploy-stack.ts';

/** Deploys the stacks one after the other, and yields each when it is done. */
export async function* deployInstallation(
  ports: DeployPorts,
  wanted: readonly WantedStack[],
  allowed: readonly string[],
): AsyncGenerator<DeployedStack> {
  const chain = startChain();
  for (const one of wanted) {
    const template = ports.template(one.template);
    const deployed = await deployStack(
      ports,
      one,
      (stack) => chain.parameters(one, template, stack),
      allowed,
    );
    chain.add(one, template, deployed.stack.outputs, deployed.stack.parameters);
    yield deployed;
  }
}
