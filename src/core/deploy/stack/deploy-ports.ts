import type { TemplateName } from '../installation.ts';
import type { StackEvent, StackResource, Stacks, Template } from './stacks.ts';

/** The reports of a deployment while it works. */
export interface DeployReport {
  /** Something of CloudFormation begins that goes on without this command. */
  begins(stack: string, doing: 'creating' | 'updating' | 'deleting' | 'waiting for'): void;
  event(stack: string, event: StackEvent): void;
  /** The stack is settled again. */
  ends(stack: string): void;
  /** The creation of the stack failed and left this. */
  leaves(stack: string, resource: StackResource): void;
  /** Queue names of a deleted stack become free after so many seconds. */
  waitsForNames(stack: string, seconds: number): void;
}

export interface DeployPorts {
  readonly stacks: Stacks;
  readonly template: (name: TemplateName) => Template;
  /** Whether a bucket of that name exists, here or in another account. */
  readonly bucketExists: (name: string) => Promise<boolean>;
  readonly report: DeployReport;
  readonly now: () => number;
  /** Rejects when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}
