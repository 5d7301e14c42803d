/** An error as Macie answers it. */
export class MacieError extends Error {
  override readonly name = 'MacieError';
  readonly code: string;
  readonly status: number;

  constructor(code: MacieErrorCode, message: string) {
    super(message);
    this.code = code;
    this.status = statuses[code];
  }
}

const statuses = {
  ValidationException: 400,
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  ConflictException: 409,
  ThrottlingException: 429,
  InternalServerException: 500,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
} as const;

export type MacieErrorCode = keyof typeof statuses;

export function invalid(message: string): MacieError {
  return new MacieError('ValidationException', message);
}
