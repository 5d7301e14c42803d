/** Why nobody confirms what a message says: Macie for a finding, a request in the isolation bucket for an operator. */
export type Unconfirmed =
  | UnconfirmedByMacie
  /** The message names no request that an operator has put, or a request that cannot be understood. */
  | { readonly why: 'no-request' };

export type UnconfirmedByMacie =
  /** Macie has another finding under this id. The fields are named, never their values. */
  | { readonly why: 'differs'; readonly fields: readonly string[] }
  | { readonly why: 'unknown' }
  /** Macie does not know the finding, which is older than Macie keeps findings. */
  | { readonly why: 'expired' };

/** The result of a question to Macie. */
export interface Confirmation {
  /** After `not-known-yet` and after `failed`, where Macie could not be asked, the message comes again. */
  readonly result: 'confirmed' | 'not-known-yet' | 'failed' | UnconfirmedByMacie['why'];
  readonly unconfirmed?: UnconfirmedByMacie;
}
