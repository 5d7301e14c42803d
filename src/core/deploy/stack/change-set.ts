import type { DeployPorts } from './deploy-ports.ts';
import { StackProblem } from './stack-problem.ts';
import type { ChangeSetInput, ResourceChange } from './stacks.ts';
import { poll } from './until-settled.ts';

export type PreparedChangeSet =
  | { readonly isEmpty: true }
  | { readonly isEmpty: false; readonly id: string; readonly changes: readonly ResourceChange[] };

/** Makes a change set, which changes nothing before it is executed. Nothing is left of one without changes. */
export async function prepareChangeSet(
  ports: Pick<DeployPorts, 'stacks' | 'pause' | 'signal'>,
  input: ChangeSetInput,
): Promise<PreparedChangeSet> {
  const { stacks } = ports;
  const id = await stacks.createChangeSet(input);
  const made = await poll(ports, async () => {
    const answer = await stacks.changeSet(id);
    return answer.state === 'pending' ? undefined : answer;
  });
  if (made.state === 'ready') return { isEmpty: false, id, changes: made.changes };
  await stacks.deleteChangeSet(id);
  if (made.state === 'empty') return { isEmpty: true };
  throw new StackProblem(`CloudFormation refuses the change of ${input.stack}: ${made.reason}`);
}
