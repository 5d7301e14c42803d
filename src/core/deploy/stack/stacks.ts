/** A stack as CloudFormation describes it. */
export interface Stack {
  readonly id: string;
  readonly name: string;
  /** The status of CloudFormation, such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** The role with which CloudFormation changes the stack, if it has one. */
  readonly serviceRole?: string;
}

/** One line of the history of a stack. */
export interface StackEvent {
  readonly id: string;
  readonly resource: string;
  readonly type: string;
  readonly status: string;
  /** The text of the service that refused something. */
  readonly reason?: string;
}

/** The change that a change set makes to one resource. */
export interface ResourceChange {
  readonly resource: string;
  readonly type: string;
  /** `may-replace`: CloudFormation finds out while it carries out the change set. */
  readonly action: 'add' | 'modify' | 'remove' | 'replace' | 'may-replace';
}

/** A resource that exists. */
export interface StackResource {
  readonly resource: string;
  readonly type: string;
  /** The name or the id that AWS knows. */
  readonly physicalId: string;
  /** The status of CloudFormation, such as `DELETE_SKIPPED` for what outlives its stack. */
  readonly status: string;
}

export interface ChangeSetInput {
  readonly stack: string;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly name: string;
  readonly template: Template;
  /** `previous`: the value that the stack has. */
  readonly parameters: Readonly<Record<string, string | typeof previousValue>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Stands for the value that a parameter of the stack has. */
export const previousValue = Symbol('the previous value');

export type ChangeSet =
  | { readonly state: 'pending' }
  | { readonly state: 'ready'; readonly changes: readonly ResourceChange[] }
  /** Template and parameters are those of the stack. */
  | { readonly state: 'empty' }
  | { readonly state: 'failed'; readonly reason: string };

/** CloudFormation, as far as a deployment needs it. Every call can be repeated. */
export interface Stacks {
  /** By name, or by id, by which deleted stacks are found too. */
  find(nameOrId: string): Promise<Stack | undefined>;
  /** When the last stack of this name was deleted, if CloudFormation still knows. */
  deletedAt(name: string): Promise<Date | undefined>;
  /** Takes away a change set of the same name that an interrupted command left. Returns the id. */
  createChangeSet(input: ChangeSetInput): Promise<string>;
  changeSet(id: string): Promise<ChangeSet>;
  deleteChangeSet(id: string): Promise<void>;
  execute(id: string): Promise<void>;
  delete(stackId: string): Promise<void>;
  /** The id of the newest event. */
  lastEvent(stackId: string): Promise<string | undefined>;
  /** The events after the given one, oldest first; without it all of them. */
  eventsAfter(stackId: string, eventId: string | undefined): Promise<readonly StackEvent[]>;
  resources(stackId: string): Promise<readonly StackResource[]>;
}

/** A template of CloudFormation, as far as a deployment needs it. */
export interface Template {
  /** The text that CloudFormation gets. */
  readonly body: string;
  readonly parameters: readonly string[];
  /** Every output, whatever its condition. */
  readonly outputs: readonly string[];
  /** The resources and outputs that the template makes with these parameters. */
  present(parameters: Readonly<Record<string, string>>): {
    readonly resources: readonly TemplateResource[];
    readonly outputs: readonly string[];
  };
}

export interface TemplateResource {
  readonly resource: string;
  readonly type: string;
  /** Whether it stays when its stack is deleted. */
  readonly isRetained: boolean;
}
