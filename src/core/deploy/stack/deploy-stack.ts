import type { WantedStack } from '../installation.ts';
import { leftByCreation } from '../left-behind.ts';
import { prepareChangeSet } from './change-set.ts';
import { refusalOfLosses, unallowedLosses } from './changes.ts';
import { deleteStack } from './delete-stack.ts';
import type { DeployPorts } from './deploy-ports.ts';
import { untilQueueNamesAreFree } from './free-queue-names.ts';
import { refuseTakenBuckets } from './named-buckets.ts';
import { knownValues, type StackParameters } from './stack-parameters.ts';
import { StackProblem } from './stack-problem.ts';
import { stateOf } from './stack-status.ts';
import type { Stack } from './stacks.ts';
import { unlessBusy } from './unless-busy.ts';
import { failureText, untilSettled } from './until-settled.ts';

export type StackResult = 'created' | 'created anew' | 'updated' | 'up to date';

export interface DeployedStack {
  readonly wanted: WantedStack;
  readonly result: StackResult;
  /** The stack as it is now. */
  readonly stack: Stack;
}

export const changeSetName = 'macie-isolator-deploy';
const newTags = { service: 'macie-isolator' };

/** Creates or updates one stack, and waits for the end. It can be repeated from any point. */
export async function deployStack(
  ports: DeployPorts,
  wanted: WantedStack,
  parametersOf: (stack: Stack | undefined) => StackParameters,
  allowed: readonly string[],
): Promise<DeployedStack> {
  const { report, stacks } = ports;
  const { name } = wanted;
  const template = ports.template(wanted.template);
  const found = await usableStack(ports, name);
  const isDead = found !== undefined && stateOf(name, found.status).kind === 'dead';
  const stack = isDead ? undefined : found;
  const parameters = parametersOf(stack);
  if (stack === undefined) {
    const values = knownValues(parameters, undefined);
    await refuseTakenBuckets(ports, wanted.template, values);
    if (found !== undefined) await deleteStack(ports, found);
    const deletedAt = found && ports.now();
    const hasQueues = template.present(values).resources.some(({ type }) => type === 'AWS::SQS::Queue');
    if (hasQueues) await untilQueueNamesAreFree(ports, name, deletedAt);
  }
  const kind = stack === undefined ? 'CREATE' : 'UPDATE';
  const tags = stack?.tags ?? newTags;
  const prepared = await prepareChangeSet(ports, {
    stack: name,
    kind,
    name: changeSetName,
    template,
    parameters,
    tags,
  });
  if (prepared.isEmpty) return { wanted, result: 'up to date', stack: await existing(ports, name) };
  const losses = unallowedLosses(prepared.changes, allowed);
  if (losses.length > 0) {
    await stacks.deleteChangeSet(prepared.id);
    throw new StackProblem(refusalOfLosses(name, losses));
  }
  const { id } = await existing(ports, name);
  const last = await stacks.lastEvent(id);
  ports.signal.throwIfAborted();
  report.begins(name, stack === undefined ? 'creating' : 'updating');
  await stacks.execute(prepared.id);
  const settled = await untilSettled(ports, { id, name }, last, { isBegun: false });
  if (settled.stack.status !== `${kind}_COMPLETE`) {
    if (kind === 'CREATE') {
      for (const left of await leftByCreation(ports, settled.stack)) report.leaves(name, left);
    }
    const again =
      kind === 'CREATE' ? ' The next deployment deletes what is left of it, and begins anew.' : '';
    throw new StackProblem(
      `${name} ended as ${settled.stack.status}: ${failureText(settled.failures)}. Mend that, then repeat the command.${again}`,
    );
  }
  const created = isDead ? 'created anew' : 'created';
  return { wanted, result: stack === undefined ? created : 'updated', stack: settled.stack };
}

/** Returns the stack if it can be updated, or deleted and created anew. */
async function usableStack(ports: DeployPorts, name: string): Promise<Stack | undefined> {
  const found = await unlessBusy(ports, name);
  const state = found && stateOf(name, found.status);
  if (state?.kind !== 'stuck') return found;
  throw new StackProblem(`The stack ${name} is ${found?.status}. ${state.mend}`);
}

async function existing({ stacks }: DeployPorts, name: string): Promise<Stack> {
  const stack = await stacks.find(name);
  if (stack === undefined) throw new StackProblem(`The stack ${name} is gone. Repeat the command.`);
  return stack;
}
