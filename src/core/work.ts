import type { Finding } from './finding.ts';
import type { Ports } from './ports.ts';

/** The isolation of one object: the input of every step. */
export interface Work {
  readonly finding: Finding;
  readonly ports: Ports;
  readonly serviceVersion: string;
  /** Once the signal is aborted, copies stop between two parts and throw `HandedBackError`. */
  readonly signal?: AbortSignal;
}
