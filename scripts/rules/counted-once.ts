/** How many messages a queue holds, by state. `visible` waits, the others are in work, backed off, or looked at. */
export type State = 'visible' | 'in_flight' | 'delayed';

/**
 * Every worker samples the same queue, so the number is that of one worker, not the sum of all. The states of one
 * sample are added before the largest sample is taken.
 */
export function queueOnce(
  queue: 'findings' | 'dead-letter',
  states: readonly State[] = [],
  matchers = '',
): string {
  const state = states.length === 0 ? '' : `,state=~"${states.join('|')}"`;
  const series = `isolator_queue_messages{${matchers}queue="${queue}"${state}}`;
  return `max by (job) (sum by (job, instance) (${series}))`;
}
