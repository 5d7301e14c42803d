/**
 * Resolves with the answer of a call, or rejects with the reason of the signal as soon as it is aborted.
 * Passing the signal to the SDK is not enough, because the SDK does not listen to it between its attempts.
 */
export function unlessAborted<Answer>(signal: AbortSignal, call: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
