import type { DeployPorts } from './deploy-ports.ts';

/** SQS refuses the name of a deleted queue for 60 seconds; one more for what the clocks differ. */
const namesAreFreeAfterMs = 61_000;

/** Waits until the queue names of a deleted stack are free. `deletedAt` is known if this command deleted it. */
export async function untilQueueNamesAreFree(
  { now, pause, report, signal, stacks }: Pick<DeployPorts, 'now' | 'pause' | 'report' | 'signal' | 'stacks'>,
  stack: string,
  deletedAt?: number,
): Promise<void> {
  const at = deletedAt ?? (await stacks.deletedAt(stack))?.getTime();
  if (at === undefined) return;
  const waitMs = Math.min(namesAreFreeAfterMs, at + namesAreFreeAfterMs - now());
  if (waitMs <= 0) return;
  report.waitsForNames(stack, Math.ceil(waitMs / 1_000));
  await pause(waitMs, signal);
}
