import { randomUUID } from 'node:crypto';
import { type Change, changesBetween } from './changes.ts';
import { membersOf, type XmlValue } from './query.ts';
import type { RenderedResource, StackPlace } from './rendered-stack.ts';
import { contentOf } from './stack-content.ts';
import { StackError, validationError } from './stack-error.ts';
import { createMachine, type MachinePorts, type StackContent, type StandInStack } from './stack-machine.ts';
import { stackXml } from './stack-xml.ts';

interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stack: StandInStack;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly content: StackContent;
  readonly changes: readonly Change[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface StackService {
  readonly stacks: readonly StandInStack[];
  readonly changeSets: readonly ChangeSet[];
  /** Answers a call. Throws a `StackError` where CloudFormation would refuse it. */
  respond(form: URLSearchParams): XmlValue;
}

export interface StackServiceInput extends StackPlace, MachinePorts {
  /** Called with each question about the state, so that operations go on while a command waits. Returns whether it ended. */
  readonly goOn: (stack: string, operation: Generator<void, void>) => boolean;
}

const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** The API of CloudFormation, as far as a deployment calls it. Calls that are not known fail. */
export function createStackService(input: StackServiceInput): StackService {
  const { account, goOn, now, region } = input;
  const machine = createMachine(input);
  const stacks: StandInStack[] = [];
  const changeSets: ChangeSet[] = [];
  const arn = (kind: string, name: string) =>
    `arn:aws:cloudformation:${region}:${account}:${kind}/${name}/${randomUUID()}`;
  const live = (name: string) => stacks.find((one) => one.name === name && one.status !== 'DELETE_COMPLETE');
  const found = (nameOrId: string) => {
    const stack = stacks.find(({ id }) => id === nameOrId) ?? live(nameOrId);
    if (stack === undefined) throw validationError(`Stack with id ${nameOrId} does not exist`);
    return stack;
  };
  const advance = (stack: StandInStack) => {
    if (stack.operation !== undefined && goOn(stack.name, stack.operation)) delete stack.operation;
  };
  const begin = (stack: StandInStack, operation: Generator<void, void>) => {
    // The first status is there with the answer of the call.
    operation.next();
    stack.operation = operation;
  };
  const changeSetOf = (form: URLSearchParams) => {
    const name = form.get('ChangeSetName') ?? '';
    const set = changeSets.find((one) =>
      name.startsWith('arn:')
        ? one.id === name
        : one.name === name && one.stack === found(form.get('StackName') ?? ''),
    );
    if (set === undefined) throw new StackError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`);
    return set;
  };
  const drop = (set: ChangeSet) => void changeSets.splice(changeSets.indexOf(set), 1);

  const actions: Readonly<Record<string, (form: URLSearchParams) => XmlValue>> = {
    DescribeStacks(form) {
      const stack = found(form.get('StackName') ?? '');
      advance(stack);
      return { Stacks: [stackXml(stack)] };
    },
    ListStacks() {
      const deleted = stacks.filter(({ status }) => status === 'DELETE_COMPLETE');
      return {
        StackSummaries: deleted.map(({ deletedAt, id, name, status }) => ({
          StackId: id,
          StackName: name,
          StackStatus: status,
          CreationTime: new Date(0).toISOString(),
          DeletionTime: deletedAt,
        })),
      };
    },
    CreateChangeSet(form) {
      const StackName = form.get('StackName') ?? '';
      const name = form.get('ChangeSetName') ?? '';
      const kind = form.get('ChangeSetType') === 'CREATE' ? 'CREATE' : 'UPDATE';
      const existing = live(StackName);
      if (kind === 'CREATE' && existing !== undefined && existing.status !== 'REVIEW_IN_PROGRESS') {
        throw new StackError('AlreadyExistsException', `Stack [${StackName}] already exists`);
      }
      if (kind === 'UPDATE') refuseUnlessUpdatable(found(StackName));
      const stack = existing ?? newStack(arn('stack', StackName), StackName);
      if (changeSets.some((one) => one.stack === stack && one.name === name)) {
        throw new StackError('AlreadyExistsException', `ChangeSet ${name} already exists`);
      }
      const content = contentOf(form, stack, { account, region });
      const before = stack.content?.rendered ?? { resources: [], outputs: {} };
      const id = arn('changeSet', name);
      const tags = Object.fromEntries(
        membersOf(form, 'Tags').map(({ Key = '', Value = '' }) => [Key, Value]),
      );
      if (existing === undefined) stacks.push(stack);
      changeSets.push({
        id,
        name,
        stack,
        kind,
        content,
        changes: changesBetween(before, content.rendered),
        tags,
      });
      return { Id: id, StackId: stack.id };
    },
    DescribeChangeSet(form) {
      const { changes, content, id, name, stack } = changeSetOf(form);
      const sameOutputs =
        JSON.stringify(stack.content?.rendered.outputs) === JSON.stringify(content.rendered.outputs);
      const isEmpty = stack.content !== undefined && changes.length === 0 && sameOutputs;
      return {
        ChangeSetId: id,
        ChangeSetName: name,
        StackName: stack.name,
        Status: isEmpty ? 'FAILED' : 'CREATE_COMPLETE',
        StatusReason: isEmpty ? noChanges : undefined,
        Changes: changes.map((change) => ({ Type: 'Resource', ResourceChange: { ...change } })),
      };
    },
    DeleteChangeSet(form) {
      drop(changeSetOf(form));
      return {};
    },
    ExecuteChangeSet(form) {
      const set = changeSetOf(form);
      const { content, kind, stack, tags } = set;
      if (stack.operation !== undefined) throw validationError(`Stack ${stack.name} is in ${stack.status}`);
      for (const other of changeSets.filter((one) => one.stack === stack)) drop(other);
      stack.tags = tags;
      begin(stack, kind === 'CREATE' ? machine.create(stack, content) : machine.update(stack, content));
      return {};
    },
    DeleteStack(form) {
      const stack = found(form.get('StackName') ?? '');
      if (stack.operation === undefined) begin(stack, machine.delete(stack));
      return {};
    },
    DescribeStackEvents(form) {
      const { events, id, name } = found(form.get('StackName') ?? '');
      // Pages of fifty, so that the caller must page.
      const start = Number(form.get('NextToken') ?? 0);
      const next = start + 50;
      return {
        StackEvents: events.slice(start, next).map((event) => ({ ...event, StackId: id, StackName: name })),
        NextToken: next < events.length ? String(next) : undefined,
      };
    },
    // Every region of the stand-in has every type.
    DescribeType: (form) => ({ TypeName: form.get('TypeName') ?? '', Type: 'RESOURCE' }),
    DescribeStackResources(form) {
      const { resources, skipped = [] } = found(form.get('StackName') ?? '');
      const shown = (status: string) => (resource: RenderedResource) => ({
        LogicalResourceId: resource.id,
        PhysicalResourceId: resource.physicalId,
        ResourceType: resource.type,
        ResourceStatus: status,
        Timestamp: new Date(now()).toISOString(),
      });
      return {
        StackResources: [...resources.map(shown('CREATE_COMPLETE')), ...skipped.map(shown('DELETE_SKIPPED'))],
      };
    },
  };

  return {
    stacks,
    changeSets,
    respond(form) {
      const action = actions[form.get('Action') ?? ''];
      if (action === undefined) throw new StackError('NotImplemented', form.get('Action') ?? '');
      return action(form);
    },
  };
}

function newStack(id: string, name: string): StandInStack {
  return { id, name, status: 'REVIEW_IN_PROGRESS', content: undefined, resources: [], tags: {}, events: [] };
}

function refuseUnlessUpdatable({ name, status }: StandInStack): void {
  if (/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status)) return;
  throw validationError(`Stack:${name} is in ${status} state and can not be updated.`);
}
