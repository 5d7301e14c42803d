const patienceMs = 1_000;

/** Writes to standard error. Resolves once that is done or has failed, and soon in any case: a pipe may have no reader. */
export async function complain(text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, patienceMs);
  process.stderr.write(text, () => resolve());
  await promise;
  clearTimeout(timer);
}
