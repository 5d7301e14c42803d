import { S3Client } from '@aws-sdk/client-s3';
import type { CommandRun } from './command-line.ts';

export const moments = ['before', 'behind'] as const;

export interface KilledRun {
  readonly run: CommandRun;
  /** Whether the command came to the call at which it dies. */
  readonly isKilled: boolean;
}

/**
 * Runs a command that dies at one of its calls to AWS, the first being 1: `before` AWS has the call, or `behind`,
 * when the answer is lost. It makes no call any more. The worker and the test's own calls in between go on,
 * because only commands use the handler that the SDK makes by itself.
 */
export async function killedAt(
  call: number,
  moment: (typeof moments)[number],
  command: () => Promise<CommandRun>,
): Promise<KilledRun> {
  const { handle } = handler;
  let calls = 0;
  handler.handle = async function (...sent) {
    calls += 1;
    if (calls < call) return handle.apply(this, sent);
    if (calls === call && moment === 'behind') await handle.apply(this, sent);
    throw new Error('killed');
  };
  try {
    const run = await command();
    return { run, isKilled: calls >= call };
  } finally {
    handler.handle = handle;
  }
}

interface Handler {
  handle(...sent: unknown[]): Promise<unknown>;
}

const handler = Object.getPrototypeOf(new S3Client({ region: 'us-east-1' }).config.requestHandler) as Handler;
