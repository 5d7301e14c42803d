import { describe, expect, it } from 'vitest';
import { isAwsHost, regionOfQueue } from '../../../src/config/aws-hosts.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { domainOf, partitionOf } from '../../../src/core/partition.ts';
import { partitions } from '../../support/partitions.ts';

describe.each(partitions)('the partition %s', (partition, region, domain) => {
  const account = '111122223333';
  const queue = `https://sqs.${region}.${domain}/${account}/findings`;
  const settings = {
    AWS_REGION: region,
    QUEUE_URL: queue,
    DEAD_LETTER_QUEUE_URL: `${queue}-dead-letter`,
    ISOLATION_BUCKET: 'isolation',
    ISOLATION_KMS_KEY_ID: `arn:${partition}:kms:${region}:${account}:key/1234abcd`,
    ALERT_TOPIC_ARN: `arn:${partition}:sns:${region}:${account}:alerts`,
    OUTCOME_BUS_ARN: `arn:${partition}:events:${region}:${account}:event-bus/outcomes`,
    ALLOWED_SOURCE_REGIONS: region,
  };

  it('has settings that are understood', () => {
    expect(parseConfig(settings)).toMatchObject({ ok: true, config: { region, accountId: account } });
  });

  it('has member roles under its own name', () => {
    expect(partitionOf(region)).toBe(partition);
  });

  it('has hosts under its own domain', () => {
    expect(domainOf(partition)).toBe(domain);
  });

  const neighbour = region.replace(/\d+$/, '7');
  const foreign = partition === 'aws' ? 'aws-cn' : 'aws';
  it.each([
    ['ALERT_TOPIC_ARN', `arn:${partition}:sns:${neighbour}:${account}:alerts`],
    ['ALERT_TOPIC_ARN', `arn:${foreign}:sns:${region}:${account}:alerts`],
    ['ISOLATION_KMS_KEY_ID', `arn:${partition}:kms:${neighbour}:${account}:key/1234abcd`],
    ['OUTCOME_BUS_ARN', `arn:${foreign}:events:${region}:${account}:event-bus/outcomes`],
    ['ALLOWED_SOURCE_REGIONS', foreign === 'aws' ? 'eu-west-1' : 'cn-north-1'],
    ['DEAD_LETTER_QUEUE_URL', `https://sqs.${neighbour}.${domain}/${account}/dead`],
  ])('refuses at the start what names another region or partition: %s=%s', (name, value) => {
    const parsed = parseConfig({ ...settings, [name]: value });
    expect(parsed).toEqual({ ok: false, problems: [expect.stringMatching(`^${name} must `)] });
  });

  it('takes a bus of another region of the partition, whose events go to that region', () => {
    const bus = `arn:${partition}:events:${neighbour}:${account}:event-bus/outcomes`;
    expect(parseConfig({ ...settings, OUTCOME_BUS_ARN: bus })).toMatchObject({ ok: true });
  });

  it('has hosts that count as AWS: no stand-in, so no unconditional delete', () => {
    for (const host of [
      `sqs.${region}.${domain}`,
      `s3.${region}.${domain}`,
      `sns-fips.${region}.${domain}`,
    ]) {
      expect(isAwsHost(`https://${host}`), host).toBe(true);
    }
    const delete_ = {
      UNCONDITIONAL_DELETE: 'when-unsupported',
      AWS_ENDPOINT_URL: `https://s3.${region}.${domain}`,
    };
    expect(parseConfig({ ...settings, ...delete_ })).toMatchObject({ ok: false });
  });

  it('names the region in the URL of a queue, which has to be that of the worker', () => {
    expect(regionOfQueue(queue)).toBe(region);
    expect(parseConfig({ ...settings, AWS_REGION: 'eu-north-1' })).toMatchObject({ ok: false });
  });
});
