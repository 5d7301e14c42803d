/**
 * The answer of a call, or the signal's reason as soon as it is aborted. Handing the signal to the SDK is
 * not enough: between its attempts it does not listen.
 */
export function unlessAborted<Answer>(signal: AbortSignal, call: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
