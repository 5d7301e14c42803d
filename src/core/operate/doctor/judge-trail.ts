import { look, ok, unknown, type Verdict, wrong } from './verdict.ts';

/** A trail of CloudTrail that covers the region. */
export type TrailSeen =
  | {
      readonly name: string;
      readonly isLogging: boolean;
      /** It takes management events that change something. */
      readonly logsChanges: boolean;
      /** Why the last files could not be written. */
      readonly deliveryError?: string;
    }
  /** Why it cannot be looked into. */
  | { readonly name: string; readonly unknown: string };

/** Without a trail nobody learns who changed what evidence rests on, and the rules of audit.yaml see nothing. */
export function judgeTrails(trails: readonly TrailSeen[]): Verdict {
  const known = trails.filter((trail) => 'isLogging' in trail);
  const useful = known.filter(({ logsChanges }) => logsChanges);
  const logging = useful.filter(({ isLogging }) => isLogging);
  const delivering = logging.find(({ deliveryError }) => deliveryError === undefined);
  if (delivering) return ok(delivering.name);
  const [failing] = logging;
  if (failing) {
    return wrong(
      `The trail ${failing.name} cannot write its files (${failing.deliveryError}).`,
      `aws cloudtrail get-trail-status --name ${failing.name}`,
    );
  }
  const unreadable = trails.find((trail) => 'unknown' in trail);
  if (unreadable && 'unknown' in unreadable) {
    return unknown(`The trail ${unreadable.name} cannot be looked into. ${unreadable.unknown}`);
  }
  const [stopped] = useful;
  if (stopped) {
    return wrong(
      `The trail ${stopped.name} is stopped.`,
      `aws cloudtrail start-logging --name ${stopped.name}`,
    );
  }
  return look(
    'No trail logs the management events of this region: nobody learns who changes queues, keys and policies.',
    'Deploy audit.yaml with Trail=management, or create a trail.',
  );
}
