import { ok, unknown, type Verdict, wrong } from './verdict.ts';

/** The topic must reach somebody. */
export function judgeTopic(subscriptions: readonly { readonly isConfirmed: boolean }[] | undefined): Verdict {
  if (subscriptions === undefined) return unknown('ALERT_TOPIC_ARN is not set.');
  const confirmed = subscriptions.filter(({ isConfirmed }) => isConfirmed).length;
  const pending = subscriptions.length - confirmed;
  const mend =
    'Subscribe people (AlertEmail of data-plane.yaml, or aws sns subscribe), and have them confirm by the mail that they get.';
  if (confirmed === 0) return wrong('Nobody is subscribed to the alerts.', mend);
  if (pending > 0)
    return wrong(`${pending} of ${subscriptions.length} subscriptions are not confirmed.`, mend);
  return ok(`${confirmed} confirmed`);
}
