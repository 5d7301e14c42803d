import type { Forgotten } from '../model/ports.ts';

/** A guard, and how to take it out: of the product's source, or of the model that stands for S3. */
export type Guard = {
  readonly name: string;
  /** The invariant that breaks without it, ... */
  readonly breaks: string;
  /** ... in the run of this seed. Another is found by `npm run simulate -- --without '<name>'`. */
  readonly seed: number;
  readonly enforcedBy: string;
} & (
  | { readonly file: string; readonly find: string; readonly replace: string }
  | { readonly forgotten: Forgotten }
);
