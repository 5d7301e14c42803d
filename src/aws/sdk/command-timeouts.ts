/**
 * How long a command waits, in milliseconds: for a connection, for the beginning of an answer, and for the next bytes of
 * it. The SDK waits without end by default. A large copy sets the wait for the beginning of its own answer.
 */
const defaults = { connection: 5_000, answer: 20_000, bytes: 300_000 };

/** Returns options for the request handler of a client. */
export function commandTimeouts({ answer, bytes, connection } = defaults) {
  return {
    connectionTimeout: connection,
    requestTimeout: answer,
    // Without this, the SDK writes a warning to standard error and goes on waiting.
    throwOnRequestTimeout: true,
    socketTimeout: bytes,
  } as const;
}
