/** An answer of CloudFormation that refuses a call. */
export class StackError extends Error {
  override readonly name = 'StackError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function validationError(message: string): StackError {
  return new StackError('ValidationError', message);
}
