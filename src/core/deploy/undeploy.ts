import { stackName, type TemplateName, templateOrder } from './installation.ts';
import { deleteStack } from './stack/delete-stack.ts';
import type { DeployPorts } from './stack/deploy-ports.ts';
import { StackProblem } from './stack/stack-problem.ts';
import type { Stack, StackResource } from './stack/stacks.ts';
import { unlessBusy } from './stack/unless-busy.ts';

/** A stack that is taken down, and what outlives it. */
export interface StandingStack {
  readonly template: TemplateName;
  readonly stack: Stack;
  readonly stays: readonly StackResource[];
}

/** Returns the stacks of an installation in the order in which they are deleted: what sends goes before what receives. */
export async function standingStacks(ports: DeployPorts, prefix: string): Promise<readonly StandingStack[]> {
  const standing: StandingStack[] = [];
  for (const template of templateOrder.toReversed()) {
    ports.signal.throwIfAborted();
    const stack = await ports.stacks.find(stackName(prefix, template));
    if (stack === undefined) continue;
    const retained = ports
      .template(template)
      .present(stack.parameters)
      .resources.filter(({ isRetained }) => isRetained)
      .map(({ resource }) => resource);
    const resources = await ports.stacks.resources(stack.id);
    // The policy of a bucket goes with the bucket.
    const stays = resources.filter(
      ({ resource, type }) => retained.includes(resource) && type !== 'AWS::S3::BucketPolicy',
    );
    standing.push({ template, stack, stays });
  }
  return standing;
}

export interface UndeployPorts extends DeployPorts {
  /** How many messages the queue holds, visible or not. */
  readonly messagesIn: (queueUrl: string) => Promise<number>;
}

const queues = ['QueueUrl', 'DeadLetterQueueUrl', 'RulesDeadLetterQueueUrl'] as const;

/** Throws a problem if the deletion of the data plane would delete messages. */
export async function refuseLostMessages(ports: UndeployPorts, { outputs, name }: Stack): Promise<void> {
  const counts = await Promise.all(
    queues.map(async (queue) => {
      const url = outputs[queue];
      return { queue, count: url === undefined ? 0 : await ports.messagesIn(url) };
    }),
  );
  const full = counts.filter(({ count }) => count > 0);
  if (full.length === 0) return;
  const texts = full.map(({ count, queue }) => `${count} in ${queue.replace(/Url$/, '')}`).join(', ');
  throw new StackProblem(
    `Messages would be deleted with ${name}: ${texts}. Stop new ones (\`aws events disable-rule --name ${outputs['FindingsRuleName'] ?? ''}\`), ` +
      'wait until the worker has handled the others, look at parked ones with `macie-isolator dlq list`, then repeat the command. ' +
      '--discard-messages deletes them.',
  );
}

/** Deletes the stacks one after the other, and yields each when it is gone. It can be repeated from any point. */
export async function* undeploy(
  ports: UndeployPorts,
  standing: readonly StandingStack[],
  { discardsMessages }: { readonly discardsMessages: boolean },
): AsyncGenerator<StandingStack> {
  for (const one of standing) {
    const stack = await unlessBusy(ports, one.stack.name);
    if (stack !== undefined) {
      // Findings can have come after the worker was gone.
      if (one.template === 'data-plane' && !discardsMessages) await refuseLostMessages(ports, stack);
      await deleteStack(ports, stack);
    }
    yield one;
  }
}
