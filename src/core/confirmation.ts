/** Why Macie does not confirm a finding. */
export type Unconfirmed =
  /** Macie has another finding under this id. The fields are named, never their values. */
  | { readonly why: 'differs'; readonly fields: readonly string[] }
  | { readonly why: 'unknown' }
  /** Macie does not know the finding, which is older than Macie keeps findings. */
  | { readonly why: 'expired' };

/** The result of a question to Macie. */
export interface Confirmation {
  /** After `not-known-yet` and after `failed`, where Macie could not be asked, the message comes again. */
  readonly result: 'confirmed' | 'not-known-yet' | 'failed' | Unconfirmed['why'];
  readonly unconfirmed?: Unconfirmed;
}
