import { randomUUID } from 'node:crypto';
import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  paginateDescribeStackEvents,
  paginateListStacks,
  type Stack as SdkStack,
} from '@aws-sdk/client-cloudformation';
import { StackProblem } from '../../core/deploy/stack/stack-problem.ts';
import {
  type ChangeSetInput,
  previousValue,
  type Stack,
  type StackEvent,
  type Stacks,
} from '../../core/deploy/stack/stacks.ts';
import { listOf, valueOf } from '../sdk/answered.ts';
import { awsErrorName } from '../sdk/aws-errors.ts';
import { readChangeSet } from './change-sets.ts';

/** Pages of deleted stacks that are looked through. CloudFormation keeps them for 90 days. */
const mostPages = 10;

/** CloudFormation of one account and region. Errors of the SDK are passed on. */
export function createStacks(client: CloudFormationClient): Stacks {
  return {
    async find(nameOrId) {
      try {
        const { Stacks: found } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }));
        // CloudFormation answers an error where there is no such stack, and never an empty list.
        return stackOf(valueOf(found?.[0], 'DescribeStacks', 'stack'));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    async deletedAt(name) {
      let pages = 0;
      for await (const { StackSummaries } of paginateListStacks(
        { client },
        { StackStatusFilter: ['DELETE_COMPLETE'] },
      )) {
        const times = listOf(StackSummaries, 'ListStacks')
          .filter(({ StackName }) => StackName === name)
          .map(({ DeletionTime }) => DeletionTime?.getTime() ?? 0);
        if (times.length > 0) return new Date(Math.max(...times));
        pages += 1;
        if (pages === mostPages) break;
      }
      return undefined;
    },
    async createChangeSet(input) {
      // Executed change sets go away by themselves. One that was not executed blocks its name.
      await deleteNamed(client, input);
      try {
        const { Id } = await client.send(new CreateChangeSetCommand(requestOf(input)));
        return valueOf(Id, 'CreateChangeSet', 'id');
      } catch (error) {
        throw isRefusal(error) ? refused(input.stack, error) : error;
      }
    },
    changeSet: (id) => readChangeSet(client, id),
    async deleteChangeSet(id) {
      await client.send(new DeleteChangeSetCommand({ ChangeSetName: id }));
    },
    async execute(id) {
      await client.send(new ExecuteChangeSetCommand({ ChangeSetName: id, ClientRequestToken: randomUUID() }));
    },
    async delete(stackId) {
      try {
        await client.send(new DeleteStackCommand({ StackName: stackId, ClientRequestToken: randomUUID() }));
      } catch (error) {
        throw isRefusal(error) ? refused(stackId.split('/')[1] ?? stackId, error) : error;
      }
    },
    async lastEvent(stackId) {
      const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: stackId }));
      return listOf(StackEvents, 'DescribeStackEvents')[0]?.EventId;
    },
    async eventsAfter(stackId, eventId) {
      const events: StackEvent[] = [];
      for await (const { StackEvents } of paginateDescribeStackEvents({ client }, { StackName: stackId })) {
        for (const event of listOf(StackEvents, 'DescribeStackEvents')) {
          if (event.EventId === eventId) return events.toReversed();
          events.push({
            id: event.EventId ?? '',
            resource: event.LogicalResourceId ?? '',
            type: event.ResourceType ?? '',
            status: event.ResourceStatus ?? '',
            ...(event.ResourceStatusReason !== undefined && { reason: event.ResourceStatusReason }),
          });
        }
      }
      return events.toReversed();
    },
    async resources(stackId) {
      const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: stackId }));
      const resources = listOf(StackResources, 'DescribeStackResources');
      return resources
        .filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE')
        .map(
          ({ LogicalResourceId = '', PhysicalResourceId = '', ResourceStatus = '', ResourceType = '' }) => ({
            resource: LogicalResourceId,
            type: ResourceType,
            physicalId: PhysicalResourceId,
            status: ResourceStatus,
          }),
        );
    },
  };
}

/** The tokens let the SDK repeat a call whose answer was lost. */
function requestOf(input: ChangeSetInput): CreateChangeSetCommandInput {
  return {
    StackName: input.stack,
    ChangeSetName: input.name,
    ChangeSetType: input.kind,
    ClientToken: randomUUID(),
    TemplateBody: input.template.body,
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    Parameters: Object.entries(input.parameters).map(([ParameterKey, value]) =>
      value === previousValue
        ? { ParameterKey, UsePreviousValue: true }
        : { ParameterKey, ParameterValue: value },
    ),
    Tags: Object.entries(input.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function stackOf(stack: SdkStack): Stack {
  return {
    id: valueOf(stack.StackId, 'DescribeStacks', 'id'),
    name: stack.StackName ?? '',
    status: valueOf(stack.StackStatus, 'DescribeStacks', 'status'),
    parameters: recordOf(stack.Parameters, (one) => [one.ParameterKey, one.ParameterValue]),
    outputs: recordOf(stack.Outputs, (one) => [one.OutputKey, one.OutputValue]),
    tags: recordOf(stack.Tags, (one) => [one.Key, one.Value]),
    ...(stack.RoleARN !== undefined && { serviceRole: stack.RoleARN }),
  };
}

function recordOf<Item>(
  items: readonly Item[] = [],
  pairOf: (item: Item) => readonly [string | undefined, string | undefined],
): Readonly<Record<string, string>> {
  return Object.fromEntries(items.map(pairOf).map(([name = '', value = '']) => [name, value]));
}

async function deleteNamed(client: CloudFormationClient, { name, stack }: ChangeSetInput): Promise<void> {
  try {
    await client.send(new DeleteChangeSetCommand({ ChangeSetName: name, StackName: stack }));
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

/** CloudFormation has no error name of its own for a stack that does not exist. */
function isAbsent(error: unknown): boolean {
  const name = awsErrorName(error);
  if (name === 'ChangeSetNotFound' || name === 'ChangeSetNotFoundException') return true;
  return name === 'ValidationError' && error instanceof Error && /does not exist/.test(error.message);
}

/** A wrong parameter, or a protected stack. The text says which. */
function isRefusal(error: unknown): error is Error {
  return awsErrorName(error) === 'ValidationError';
}

function refused(stack: string, error: Error): StackProblem {
  return new StackProblem(`CloudFormation refuses the change of ${stack}: ${error.message}`, {
    cause: error,
  });
}
