import type { Finding } from './finding.ts';
import type { Ports } from './ports.ts';
import type { Tag } from './properties.ts';

/** The isolation of one object: the input of every step. */
export interface Work {
  readonly finding: Finding;
  readonly ports: Ports;
  readonly serviceVersion: string;
  /** Once the signal is aborted, copies stop between two parts and throw `HandedBackError`. */
  readonly signal?: AbortSignal;
  /** The tags that the rule adds to copies. */
  readonly addTags?: readonly Tag[];
  /** A fence may be put around the object at any time, by this worker or another. */
  readonly mayBeFenced?: boolean;
}
