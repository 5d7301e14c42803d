import { RefusedError } from './errors.ts';

/** Waits for a call, and returns `instead` if the call is refused. Every other fault is thrown. */
export async function unlessRefused<Answer, const Instead>(
  call: Promise<Answer>,
  instead: Instead,
): Promise<Answer | Instead> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RefusedError) return instead;
    throw error;
  }
}
