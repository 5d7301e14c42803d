import type { IsolationBucket } from '../../core/isolation-bucket.ts';

export interface TaskProtection {
  /** Protects the task until the work has ended, whether or not the work succeeds. */
  during<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  /** Stops renewing. The work that still runs keeps its protection until the protection expires or the task ends. */
  stop(): void;
}

export interface TaskProtectionOptions {
  /** `ECS_AGENT_URI`, which ECS sets in every task. If absent, nothing ends the task. */
  readonly agentUri: string | undefined;
  readonly onChange: (isProtected: boolean) => void;
  /**
   * Called when the protection could not be changed. The task still works without protection, and an
   * interrupted copy is resumed, so nothing is thrown.
   */
  readonly onFailure: (error: unknown) => void;
  readonly expiresInMinutes?: number;
}

/** The agent runs in the same task. If it does not answer within this time, it will not answer. */
const answerTimeoutMs = 5_000;

/**
 * Protects the task against scale-in. While the protection is on, neither auto scaling nor a deployment ends
 * the task (aws-facts 5). The protection expires by itself, so it is renewed at half of its time.
 */
export function createTaskProtection(options: TaskProtectionOptions): TaskProtection {
  const { agentUri, onChange, onFailure, expiresInMinutes = 60 } = options;
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  /** Requests follow one another, because otherwise an old state could overtake a new one. */
  let last: Promise<void> = Promise.resolve();

  const send = async (isProtected: boolean): Promise<void> => {
    try {
      await put(`${agentUri}/task-protection/v1/state`, isProtected, expiresInMinutes);
      onChange(isProtected);
    } catch (error) {
      onFailure(error);
    }
  };
  const set = (isProtected: boolean): void => {
    last = last.then(() => send(isProtected));
  };
  const begin = (): void => {
    running += 1;
    if (running > 1) return;
    set(true);
    timer = setInterval(() => set(true), (expiresInMinutes * 60_000) / 2).unref();
  };
  const end = (): void => {
    running -= 1;
    if (running > 0) return;
    clearInterval(timer);
    set(false);
  };

  return {
    async during(work) {
      if (agentUri === undefined) return work();
      begin();
      try {
        return await work();
      } finally {
        end();
      }
    },
    stop: () => clearInterval(timer),
  };
}

async function put(url: string, isProtected: boolean, expiresInMinutes: number): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ProtectionEnabled: isProtected,
      ...(isProtected && { ExpiresInMinutes: expiresInMinutes }),
    }),
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  const answer = (await response.json()) as Answer;
  // The agent can refuse with status 200.
  if (answer.protection?.ProtectionEnabled === isProtected) return;
  const { Code, Message } = answer.error ?? {};
  const { Reason, Detail } = answer.failure ?? {};
  throw new TaskProtectionError(
    Code ?? Reason ?? String(response.status),
    Message ?? Detail ?? 'no reason given',
  );
}

interface Answer {
  readonly protection?: { readonly ProtectionEnabled?: boolean };
  readonly error?: { readonly Code?: string; readonly Message?: string };
  readonly failure?: { readonly Reason?: string; readonly Detail?: string };
}

class TaskProtectionError extends Error {
  override readonly name = 'TaskProtectionError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The bytes that S3 copies in a second at least, with the other copies of the task running. */
const pessimisticBytesPerSecond = 20_000_000;

/** Whether a copy of this size may outlast the stop timeout of the task. */
export function outlastsStop(sizeBytes: number, stopTimeoutMs: number): boolean {
  return sizeBytes > (stopTimeoutMs / 1_000) * pessimisticBytesPerSecond;
}

/** Returns the same bucket. A copy that may outlast the stop timeout protects the task while it runs. */
export function withProtectedCopies(
  bucket: IsolationBucket,
  protection: TaskProtection,
  stopTimeoutMs: number,
): IsolationBucket {
  return {
    ...bucket,
    copy: (request) =>
      outlastsStop(request.stored.sizeBytes, stopTimeoutMs)
        ? protection.during(() => bucket.copy(request))
        : bucket.copy(request),
  };
}
