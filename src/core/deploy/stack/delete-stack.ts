import type { DeployPorts } from './deploy-ports.ts';
import { StackProblem } from './stack-problem.ts';
import type { Stack } from './stacks.ts';
import { failureText, untilSettled } from './until-settled.ts';

/** Deletes a stack, and waits for the end. Throws a problem if something of it could not be deleted. */
export async function deleteStack(ports: DeployPorts, stack: Stack): Promise<void> {
  const last = await ports.stacks.lastEvent(stack.id);
  ports.signal.throwIfAborted();
  ports.report.begins(stack.name, 'deleting');
  await ports.stacks.delete(stack.id);
  const settled = await untilSettled(ports, stack, last, { isBegun: false });
  if (settled.stack.status === 'DELETE_COMPLETE') return;
  throw new StackProblem(
    `${stack.name} could not be deleted (${settled.stack.status}): ${failureText(settled.failures)}. Mend that, then repeat the command.`,
  );
}
