/** The text of an alert for each kind of reader. */
export interface Alert {
  /** Fewer than 100 characters of printable ASCII, without bucket or key, because SNS never encrypts a subject. */
  readonly subject: string;
  readonly email: string;
  /** One SMS part: at most 140 characters of the GSM alphabet, without bucket or key. */
  readonly sms: string;
  /** For machines. */
  readonly json: string;
  /** The message that the alert is about; absent if the alert is about no message. */
  readonly messageId?: string;
  /** The ARN of the topic of the rule; absent for the topic of the service. */
  readonly topic?: string;
  /** For SNS filter policies, which match a list if they match one of its values. */
  readonly attributes: Readonly<
    Record<'severity' | 'outcome' | 'type' | 'account' | 'rule', string | readonly string[]>
  >;
}
