/** What one alert says, for each kind of reader. */
export interface Alert {
  /** Under 100 characters of printable ASCII, without bucket or key: SNS never encrypts it. */
  readonly subject: string;
  readonly email: string;
  /** One SMS part: at most 140 characters of the GSM alphabet, without bucket or key. */
  readonly sms: string;
  /** For machines. */
  readonly json: string;
  /** The message that it is about; absent where it is about none. */
  readonly messageId?: string;
  /** For SNS filter policies. */
  readonly attributes: Readonly<Record<'severity' | 'outcome' | 'type' | 'account' | 'rule', string>>;
}
