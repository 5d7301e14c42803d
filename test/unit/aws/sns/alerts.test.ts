import type { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { createAlertTopic } from '../../../../src/aws/sns/alerts.ts';
import { alertFor } from '../../../../src/core/tell/alert-text.ts';
import { isolationFaultAlert } from '../../../../src/core/tell/isolation-fault-alert.ts';

const topic = 'arn:aws:sns:us-east-1:111122223333:alerts';

function arrange(failures = 0, isSns = true) {
  let published = 0;
  let left = failures;
  const topics: (string | undefined)[] = [];
  const client = {
    async send({ input }: PublishCommand) {
      left -= 1;
      if (left >= 0) throw new Error('not now');
      published += 1;
      topics.push(input.TopicArn);
      return isSns ? { MessageId: 'sent' } : {};
    },
  };
  const alerts = createAlertTopic(client as unknown as SNSClient, topic);
  return { alerts, topics, published: () => published };
}

const about = (messageId: string, reason: 'not-json' | 'no-identity' = 'not-json') =>
  alertFor({ outcome: { name: 'rejected', reason }, isolationBucket: 'isolation', messageId });

describe('an alert', () => {
  it('is sent once, however often its message comes back to this worker', async () => {
    const { alerts, published } = arrange();

    expect(await alerts.publish(about('m1'))).toBe('sent');
    expect(await alerts.publish(about('m1'))).toBe('sent');

    expect(published()).toBe(1);
  });

  it('is sent for each message, and for each end of one', async () => {
    const { alerts, published } = arrange();

    await alerts.publish(about('m1'));
    await alerts.publish(about('m2'));
    await alerts.publish(about('m1', 'no-identity'));

    expect(published()).toBe(3);
  });

  it('goes to the topic of its rule, and else to that of the service', async () => {
    const { alerts, topics } = arrange();
    const ofRule = 'arn:aws:sns:us-east-1:111122223333:privacy';

    await alerts.publish({ ...about('m1'), topic: ofRule });
    await alerts.publish(about('m2'));

    expect(topics).toEqual([ofRule, topic]);
  });

  it('that something else than SNS has answered is not sent', async () => {
    const { alerts } = arrange(0, false);

    await expect(alerts.publish(about('m1'))).rejects.toMatchObject({ code: 'AnswerWithoutMessageId' });
  });

  it('that could not be sent is sent the next time', async () => {
    const { alerts, published } = arrange(1);

    await expect(alerts.publish(about('m1'))).rejects.toMatchObject({ message: 'Publish failed' });
    await alerts.publish(about('m1'));

    expect(published()).toBe(1);
  });

  it('about no message is sent each time: the same fault can come again', async () => {
    const { alerts, published } = arrange();
    const fault = isolationFaultAlert({
      isolationBucket: 'b',
      accountId: '1',
      code: 'AccessDenied',
      refusedBy: 'isolation-side',
    });

    await alerts.publish(fault);
    await alerts.publish(fault);

    expect(published()).toBe(2);
  });

  it('is remembered among the last thousand', async () => {
    const { alerts, published } = arrange();
    for (let index = 0; index <= 1_000; index += 1) await alerts.publish(about(`m${index}`));

    await alerts.publish(about('m1000'));
    await alerts.publish(about('m0'));

    expect(published()).toBe(1_002);
  });
});
