import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployments, stackOf, startDeployments } from '../support/deployments.ts';
import { jsonLines } from '../support/json-lines.ts';

let world: Deployments;
beforeEach(async () => {
  world = await startDeployments();
  await world.deploy('--trial-bucket', 'versioned');
});
afterEach(() => world.close());

const undeploy: Deployments['undeploy'] = (...given) => world.undeploy(...given);
const isolationBucket = () =>
  world.cloudFormation.stack(stackOf('data-plane'))?.content?.rendered.outputs['IsolationBucketName'] ?? '';
const statusOf = (template: string) => world.cloudFormation.stack(stackOf(template))?.status;
const backwards = ['operations', 'service', 'macie', 'network', 'data-plane'];

async function park(): Promise<void> {
  const client = new SQSClient({ endpoint: world.aws.queues.endpoint, region: 'us-east-1' });
  await client.send(
    new SendMessageCommand({ QueueUrl: world.aws.dataPlane.deadLetterQueueUrl, MessageBody: '{}' }),
  );
  client.destroy();
}

describe('macie-isolator undeploy', () => {
  it('deletes the stacks in reverse order, and keeps the evidence', async () => {
    const bucket = isolationBucket();

    const { code, err, out } = await undeploy(['--yes', '--jsonl', '--fields', 'stack,resource,result']);

    expect(code).toBe(0);
    const rows = jsonLines(out);
    expect(rows.filter(({ result }) => result === 'deleted').map(({ stack }) => stack)).toEqual(
      backwards.map(stackOf),
    );
    expect(rows.filter(({ result }) => result === 'stays').map(({ resource }) => resource)).toEqual([
      'LogGroup',
      'Session',
      'IsolationKey',
      'IsolationBucket',
      'DataBucket',
    ]);
    expect(world.cloudFormation.buckets).toContain(bucket);
    expect(err).toContain(`To take it away by hand: empty ${bucket} of all versions`);
    expect(err).toContain('To take it away by hand: aws kms schedule-key-deletion --key-id');
    expect(backwards.map(statusOf)).toEqual(backwards.map(() => 'DELETE_COMPLETE'));
  });

  it('names the stacks and what stays, and asks', async () => {
    const no = await undeploy([], { answers: 'n\n' });

    expect(no.code).toBe(1);
    expect(no.err).toContain(`Stays: ${isolationBucket()} (AWS::S3::Bucket)`);
    expect(no.err).toContain(`Delete ${backwards.map(stackOf).join(', ')}? [y/N]`);
    expect(world.cloudFormation.calls).not.toContain('DeleteStack');
  });

  it('only looks with --plan', async () => {
    const { code, out } = await undeploy(['--plan']);

    expect(code).toBe(3);
    expect(out).toContain('would be deleted');
    expect(world.cloudFormation.calls).not.toContain('DeleteStack');
  });

  it('deletes nothing while messages wait, until somebody discards them', async () => {
    await park();

    const refused = await undeploy(['--yes']);

    expect(refused.code).toBe(1);
    expect(refused.err).toContain(
      'Messages would be deleted with macie-isolator-data-plane: 1 in DeadLetterQueue. Stop new ones',
    );
    expect(world.cloudFormation.calls).not.toContain('DeleteStack');
    expect(await undeploy(['--yes', '--discard-messages'])).toMatchObject({ code: 0 });
  });

  it('keeps the data plane if a message comes while the other stacks are deleted', async () => {
    let sent: Promise<void> | undefined;
    world.cloudFormation.hold(stackOf('network'), 2);

    const { code, err } = await undeploy(['--yes'], {
      saw: (text) => {
        if (text.includes('macie-isolator-network: deleting'))
          sent ??= park().then(world.cloudFormation.release);
      },
    });

    await sent;
    expect(code).toBe(1);
    expect(err).toContain('1 in DeadLetterQueue');
    expect(statusOf('data-plane')).toBe('CREATE_COMPLETE');
    expect(statusOf('network')).toBe('DELETE_COMPLETE');
  });

  it('can be repeated: after a deletion that failed, and when nothing is left', async () => {
    world.cloudFormation.fail({
      stack: stackOf('network'),
      resource: 'Vpc',
      during: 'delete',
      reason: 'The vpc has dependencies and cannot be deleted.',
    });

    const failed = await undeploy(['--yes']);
    const again = await undeploy(['--yes', '--jsonl', '--fields', 'stack,result']);
    const nothing = await undeploy(['--yes', '--json']);

    expect(failed.code).toBe(1);
    expect(failed.err).toContain(
      'macie-isolator-network could not be deleted (DELETE_FAILED): Vpc (DELETE_FAILED): The vpc has dependencies',
    );
    expect(again.code).toBe(0);
    expect(again.out).toContain(stackOf('network'));
    expect(again.out).not.toContain(stackOf('service'));
    expect(nothing).toMatchObject({
      code: 0,
      err: expect.stringContaining('No stack of macie-isolator is there.'),
      out: expect.stringMatching(/^\{\s*"items": \[\]\s*\}\n$/) as string,
    });
  });

  it('takes no prefix that no installation can have', async () => {
    const { code, err } = await undeploy(['--prefix', '../x']);

    expect(code).toBe(2);
    expect(err).toContain('../x cannot be it.');
    expect(world.cloudFormation.calls).not.toContain('DeleteStack');
  });
});
