import { randomUUID } from 'node:crypto';
import type { Template } from '../../aws/cloudformation/load-template.ts';
import { changesBetween } from './changes.ts';
import type { NamesInUse } from './names-in-use.ts';
import type { RenderedResource, RenderedStack } from './rendered-stack.ts';

/** A template with parameters, and what it makes. */
export interface StackContent {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  readonly rendered: RenderedStack;
}

export interface StackEvent {
  readonly EventId: string;
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
  readonly Timestamp: string;
}

/** A stack of the stand-in. `operation` is what CloudFormation has begun and not finished. */
export interface StandInStack {
  readonly id: string;
  readonly name: string;
  status: string;
  content: StackContent | undefined;
  /** The resources that exist. */
  resources: readonly RenderedResource[];
  /** Those that outlive the stack, because its template retains them. */
  skipped?: readonly RenderedResource[];
  tags: Readonly<Record<string, string>>;
  deletedAt?: string;
  operation?: Generator<void, void>;
  /** Newest first. */
  readonly events: StackEvent[];
}

/** A failure that a test injects. */
export interface StackFault {
  readonly stack: string;
  readonly resource: string;
  readonly during: 'create' | 'update' | 'rollback' | 'delete';
  readonly reason: string;
}

export interface MachinePorts {
  readonly names: NamesInUse;
  readonly now: () => number;
  /** Takes a fault that matches, so that it happens once. */
  readonly takeFault: (stack: string, resource: string, during: StackFault['during']) => string | undefined;
}

const stackType = 'AWS::CloudFormation::Stack';

/** The operations of CloudFormation. Each is a generator that yields after every step. */
export function createMachine({ names, now, takeFault }: MachinePorts) {
  const tell = (
    stack: StandInStack,
    resource: Pick<RenderedResource, 'id' | 'type'>,
    status: string,
    reason?: string,
  ) => {
    stack.events.unshift({
      EventId: randomUUID(),
      LogicalResourceId: resource.id,
      ResourceType: resource.type,
      ResourceStatus: status,
      ...(reason !== undefined && { ResourceStatusReason: reason }),
      Timestamp: new Date(now()).toISOString(),
    });
  };
  const enter = (stack: StandInStack, status: string) => {
    stack.status = status;
    tell(stack, { id: stack.name, type: stackType }, status);
  };
  const add = (stack: StandInStack, resource: RenderedResource, during: 'create' | 'update'): boolean => {
    tell(stack, resource, 'CREATE_IN_PROGRESS');
    const refusal = takeFault(stack.name, resource.id, during) ?? names.take(resource);
    if (refusal !== undefined) {
      tell(stack, resource, 'CREATE_FAILED', refusal);
      return false;
    }
    stack.resources = [...stack.resources, resource];
    tell(stack, resource, 'CREATE_COMPLETE');
    return true;
  };
  const remove = (stack: StandInStack, resource: RenderedResource) => {
    stack.resources = stack.resources.filter(({ id }) => id !== resource.id);
    // A retained resource outlives its stack, and keeps its name.
    if (resource.isRetained) stack.skipped = [...(stack.skipped ?? []), resource];
    else names.free(resource);
    tell(stack, resource, resource.isRetained ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE');
  };

  function* create(stack: StandInStack, content: StackContent): Generator<void, void> {
    enter(stack, 'CREATE_IN_PROGRESS');
    stack.content = content;
    yield;
    for (const resource of content.rendered.resources) {
      if (!add(stack, resource, 'create')) return yield* rollBackCreation(stack);
      yield;
    }
    enter(stack, 'CREATE_COMPLETE');
  }

  function* rollBackCreation(stack: StandInStack): Generator<void, void> {
    enter(stack, 'ROLLBACK_IN_PROGRESS');
    yield;
    for (const resource of stack.resources.toReversed()) {
      remove(stack, resource);
      yield;
    }
    enter(stack, 'ROLLBACK_COMPLETE');
  }

  function* update(stack: StandInStack, content: StackContent): Generator<void, void> {
    const before = stack.content;
    enter(stack, 'UPDATE_IN_PROGRESS');
    yield;
    const changes = before === undefined ? [] : changesBetween(before.rendered, content.rendered);
    for (const { Action, LogicalResourceId: id, ResourceType: type } of changes) {
      const refusal = takeFault(stack.name, id, 'update');
      if (refusal !== undefined) {
        tell(stack, { id, type }, 'UPDATE_FAILED', refusal);
        return yield* rollBackUpdate(stack, id);
      }
      const resource = content.rendered.resources.find((one) => one.id === id);
      if (Action === 'Add' && resource && !add(stack, resource, 'update')) {
        return yield* rollBackUpdate(stack, id);
      }
      if (Action === 'Modify') tell(stack, { id, type }, 'UPDATE_COMPLETE');
      yield;
    }
    stack.content = content;
    enter(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    yield;
    const remaining = new Set(content.rendered.resources.map(({ id }) => id));
    for (const resource of stack.resources.filter(({ id }) => !remaining.has(id))) remove(stack, resource);
    stack.resources = content.rendered.resources;
    enter(stack, 'UPDATE_COMPLETE');
  }

  function* rollBackUpdate(stack: StandInStack, id: string): Generator<void, void> {
    enter(stack, 'UPDATE_ROLLBACK_IN_PROGRESS');
    yield;
    const failure = takeFault(stack.name, id, 'rollback');
    if (failure !== undefined) return enter(stack, 'UPDATE_ROLLBACK_FAILED');
    const former = new Set(stack.content?.rendered.resources.map((one) => one.id));
    for (const resource of stack.resources.filter((one) => !former.has(one.id))) remove(stack, resource);
    enter(stack, 'UPDATE_ROLLBACK_COMPLETE');
  }

  function* deletion(stack: StandInStack): Generator<void, void> {
    enter(stack, 'DELETE_IN_PROGRESS');
    yield;
    for (const resource of stack.resources.toReversed()) {
      const refusal = takeFault(stack.name, resource.id, 'delete');
      if (refusal !== undefined) {
        tell(stack, resource, 'DELETE_FAILED', refusal);
        return enter(stack, 'DELETE_FAILED');
      }
      remove(stack, resource);
      yield;
    }
    enter(stack, 'DELETE_COMPLETE');
    stack.deletedAt = new Date(now()).toISOString();
  }

  return { create, update, delete: deletion };
}
