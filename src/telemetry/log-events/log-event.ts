type Level = 'debug' | 'info' | 'warn' | 'error';

export interface LogEvent {
  readonly when: string;
  readonly levels: readonly Level[];
  readonly fields: Readonly<Record<string, string>>;
}

/** The fields of every line about a message. */
export const ofMessage = {
  findingId: 'id of the finding, once the body has been read and if the body names a finding',
  messageId: 'id of the message in SQS; the same on every delivery',
  attempt: 'the receive count of the message; 1 on the first delivery',
  severity: '`Low`, `Medium` or `High`, once the body has been read',
  bucket: "the object's bucket, once the body has been read",
  key: "the object's key, once the body has been read",
  isolated:
    '`yes` or `no`: whether the flagged bytes are out of reach; `unknown` if an earlier delivery may have removed them',
} as const;

export const repeated = 'how many such lines were held back since the last one';
export const err = 'name, code, causes and stack of the error, and its text if the text cannot quote a body';
