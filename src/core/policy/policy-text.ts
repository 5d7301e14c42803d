/** The content of a source of the policy. */
export type PolicyText =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** The version that the source gives to this text, for records. A file has none. */
      readonly version?: string;
    }
  /** The same text as at the last read that gave one. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'unreadable'; readonly problem: string }
  /** What the source names cannot hold a policy. */
  | { readonly kind: 'invalid'; readonly problem: string };

/** Reads the source once. Never throws. */
export type ReadPolicyText = () => Promise<PolicyText>;

/** A longer text is no policy. Sources give one byte more at most, so that a longer text is recognised. */
export const maximumPolicyBytes = 1024 * 1024;
