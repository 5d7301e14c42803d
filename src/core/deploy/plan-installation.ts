import { startChain } from './chain.ts';
import type { WantedStack } from './installation.ts';
import { leftByCreation } from './left-behind.ts';
import { prepareChangeSet } from './stack/change-set.ts';
import { refusalOfLosses, unallowedLosses } from './stack/changes.ts';
import type { DeployPorts } from './stack/deploy-ports.ts';
import { refuseTakenBuckets } from './stack/named-buckets.ts';
import { knownValues, type StackParameters } from './stack/stack-parameters.ts';
import { StackProblem } from './stack/stack-problem.ts';
import { stateOf } from './stack/stack-status.ts';
import type { ResourceChange, Stack, StackResource } from './stack/stacks.ts';

export interface PlannedStack {
  readonly wanted: WantedStack;
  /**
   * `create-anew`: what is left of a stack is deleted first. `wait`: CloudFormation is at work on the stack, and its
   * changes are known afterwards. `follow`: the changes are known when the stacks before it exist.
   */
  readonly step: 'create' | 'create-anew' | 'update' | 'up-to-date' | 'wait' | 'follow';
  readonly changes: readonly ResourceChange[];
  /** What the failed creation of the stack left, which is created anew. */
  readonly left?: readonly StackResource[];
  /** Why the deployment will not do it. */
  readonly refusal?: string;
}

const planName = 'macie-isolator-plan';

/**
 * Looks at what a deployment would do. For stacks that exist, CloudFormation makes change sets, which are deleted again.
 * For others the resources of their templates are listed. Nothing is changed.
 */
export async function* planInstallation(
  ports: DeployPorts,
  wanted: readonly WantedStack[],
  allowed: readonly string[],
): AsyncGenerator<PlannedStack> {
  const chain = startChain();
  for (const one of wanted) {
    ports.signal.throwIfAborted();
    const template = ports.template(one.template);
    const found = await ports.stacks.find(one.name);
    const state = found && stateOf(one.name, found.status);
    const isNew = found === undefined || state?.kind === 'dead';
    const stack = isNew ? undefined : found;
    const parameters = chain.parameters(one, template, stack);
    const values = knownValues(parameters, stack);
    const { outputs, resources } = template.present(values);
    if (state?.kind === 'stuck') {
      const refusal = `The stack ${one.name} is ${found?.status}. ${state.mend}`;
      yield { wanted: one, step: 'wait', changes: [], refusal };
    } else if (isNew) {
      const changes = resources.map(({ resource, type }) => ({ resource, type, action: 'add' }) as const);
      const refusal = await refusalOf(() => refuseTakenBuckets(ports, one.template, values));
      const left = found === undefined ? {} : { left: await leftByCreation(ports, found) };
      yield { wanted: one, step: found ? 'create-anew' : 'create', changes, ...left, ...refusal };
    } else if (state?.kind === 'busy') {
      yield { wanted: one, step: 'wait', changes: [] };
    } else if (Object.values(values).some(isUnknown)) {
      yield { wanted: one, step: 'follow', changes: [] };
    } else {
      yield await plannedUpdate(ports, one, parameters, found, allowed);
    }
    const known = outputs.map(
      (name) => [name, stack?.outputs[name] ?? unknownOutput(one.name, name)] as const,
    );
    chain.add(one, template, Object.fromEntries(known), values);
  }
}

async function plannedUpdate(
  ports: DeployPorts,
  wanted: WantedStack,
  parameters: StackParameters,
  { tags }: Stack,
  allowed: readonly string[],
): Promise<PlannedStack> {
  const template = ports.template(wanted.template);
  const input = { stack: wanted.name, kind: 'UPDATE', name: planName, template, parameters, tags } as const;
  try {
    const prepared = await prepareChangeSet(ports, input);
    if (prepared.isEmpty) return { wanted, step: 'up-to-date', changes: [] };
    await ports.stacks.deleteChangeSet(prepared.id);
    const losses = unallowedLosses(prepared.changes, allowed);
    const refusal = losses.length > 0 ? { refusal: refusalOfLosses(wanted.name, losses) } : {};
    return { wanted, step: 'update', changes: prepared.changes, ...refusal };
  } catch (error) {
    if (!(error instanceof StackProblem)) throw error;
    return { wanted, step: 'update', changes: [], refusal: error.message };
  }
}

async function refusalOf(check: () => Promise<void>): Promise<{ readonly refusal?: string }> {
  try {
    await check();
    return {};
  } catch (error) {
    if (!(error instanceof StackProblem)) throw error;
    return { refusal: error.message };
  }
}

/** Stands for the output of a stack that does not exist yet. */
function unknownOutput(stack: string, name: string): string {
  return `<${name} of ${stack}>`;
}

function isUnknown(value: string): boolean {
  return /<\w+ of [a-z0-9-]+>/.test(value);
}
