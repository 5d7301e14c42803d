export interface TaskProtection {
  /** Protects the task until the work has ended, well or not. */
  during<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  /** Renews no more. What is in work keeps its protection until it runs out or the task ends. */
  stop(): void;
}

export interface TaskProtectionOptions {
  /** `ECS_AGENT_URI`, which ECS sets in every task; absent: there is nothing to protect from. */
  readonly agentUri: string | undefined;
  readonly onChange: (isProtected: boolean) => void;
  /** A task that is not protected still works, and what it loses is resumed. So nothing is thrown. */
  readonly onFailure: (error: unknown) => void;
  readonly expiresInMinutes?: number;
}

/** The agent is in the same task; no answer for so long is none. */
const answerTimeoutMs = 5_000;

/**
 * Scale-in protection, from the task itself: while it is on, neither auto scaling nor a deployment ends the
 * task (aws-facts 5). It runs out by itself, so it is renewed at half its time.
 */
export function createTaskProtection(options: TaskProtectionOptions): TaskProtection {
  const { agentUri, onChange, onFailure, expiresInMinutes = 60 } = options;
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  /** One after the other, or an old state could overtake a new one. */
  let last: Promise<void> = Promise.resolve();

  const tell = async (isProtected: boolean): Promise<void> => {
    try {
      await put(`${agentUri}/task-protection/v1/state`, isProtected, expiresInMinutes);
      onChange(isProtected);
    } catch (error) {
      onFailure(error);
    }
  };
  const set = (isProtected: boolean): void => {
    last = last.then(() => tell(isProtected));
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
  // A refusal can come with status 200.
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

/** What S3 copies at the least in a second, with the other copies of the task beside it. */
const pessimisticBytesPerSecond = 20_000_000;

/** Whether a copy of this size may not end before the task has to, once it is told to stop. */
export function outlastsStop(sizeBytes: number, stopTimeoutMs: number): boolean {
  return sizeBytes > (stopTimeoutMs / 1_000) * pessimisticBytesPerSecond;
}
