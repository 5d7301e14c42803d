import { ok, type Verdict, wrong } from './verdict.ts';

/** Who hears what is published to a topic. One that is not confirmed hears nothing. */
export type Subscriptions = readonly { readonly isConfirmed: boolean }[];

/** The topic must reach somebody. */
export function judgeTopic(subscriptions: Subscriptions, topicArn: string): Verdict {
  const confirmed = subscriptions.filter(({ isConfirmed }) => isConfirmed).length;
  const pending = subscriptions.length - confirmed;
  const name = topicArn.split(':').at(-1) ?? topicArn;
  if (confirmed === 0) {
    return wrong(
      pending === 0
        ? `Nobody is subscribed to ${name}.`
        : `Nobody hears what ${name} says: ${pending === 1 ? 'its one subscription is not' : `none of its ${pending} subscriptions is`} confirmed.`,
      `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint ADDRESS; then: Have it confirmed by the mail that comes.`,
    );
  }
  if (pending > 0) {
    return wrong(
      `${pending} of ${subscriptions.length} subscriptions of ${name} are not confirmed.`,
      'Have them confirmed by the mail that came. After three days SNS forgets it: subscribe again.',
    );
  }
  return ok(`${confirmed} confirmed`);
}
