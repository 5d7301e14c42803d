import type { DeployPorts } from './deploy-ports.ts';
import { stateOf } from './stack-status.ts';
import type { Stack } from './stacks.ts';
import { untilSettled } from './until-settled.ts';

/** Returns the stack of that name when CloudFormation is not at work on it any more. */
export async function unlessBusy(ports: DeployPorts, name: string): Promise<Stack | undefined> {
  for (;;) {
    const found = await ports.stacks.find(name);
    if (found === undefined || stateOf(name, found.status).kind !== 'busy') return found;
    ports.report.begins(name, 'waiting for');
    await untilSettled(ports, found, await ports.stacks.lastEvent(found.id), { isBegun: true });
  }
}
