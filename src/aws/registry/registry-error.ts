/** The reason why an image cannot be read or stored. The text is written by this project alone. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  /** `passing`: a repetition may succeed. */
  readonly code: 'absent' | 'denied' | 'passing' | 'refused' | 'wrong-bytes';

  constructor(code: RegistryError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Returns the error of an answer that is no success. The texts of registries are not shown, as others write them. */
export function errorOfStatus(status: number, what: string): RegistryError {
  if (status === 401 || status === 403) {
    return new RegistryError('denied', `${what}: the registry denies it to this caller (HTTP ${status}).`);
  }
  if (status === 404) return new RegistryError('absent', `${what}: the registry does not have it.`);
  const code = status === 429 || status >= 500 ? 'passing' : 'refused';
  return new RegistryError(code, `${what}: the registry answers HTTP ${status}.`);
}
