import type { Finding } from './finding.ts';
import type { Ports } from './ports.ts';

/** One finding whose object is being isolated: what every step of it needs. */
export interface Work {
  readonly finding: Finding;
  readonly ports: Ports;
  readonly serviceVersion: string;
  /** Once it is aborted, copies stop between two parts and throw `HandedBackError`. */
  readonly signal?: AbortSignal;
}
