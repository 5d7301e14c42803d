const patienceMs = 1_000;

/**
 * Writes to standard error. Resolves when the write succeeded or failed, and after a short time in any case,
 * because a pipe may have no reader.
 */
export async function complain(text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, patienceMs);
  process.stderr.write(text, () => resolve());
  await promise;
  clearTimeout(timer);
}
