import { createHash } from 'node:crypto';
import type { Template } from '../../aws/cloudformation/load-template.ts';
import type { PhysicalResource, Resolver } from '../../aws/cloudformation/resolve.ts';

export function physical(names: ReadonlyMap<string, PhysicalResource>, name: string): PhysicalResource {
  const found = names.get(name);
  if (!found) throw new Error(`the template has no resource ${name}`);
  return found;
}

export interface Naming {
  readonly account: string;
  readonly region: string;
  readonly prefix: string;
  readonly queueEndpoint: string;
}

/**
 * Names all resources before any of them is created, so that they may refer to each other in any order. The
 * name is the name in the template, which may depend only on parameters, or is made from the prefix and the
 * logical id.
 */
export function nameResources(
  template: Template,
  parameters: Resolver,
  naming: Naming,
): ReadonlyMap<string, PhysicalResource> {
  const { account, region, prefix, queueEndpoint } = naming;
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  /** Ids of networks have a form of their own, which other templates check. */
  const ofNetwork = (kind: string, logicalId: string): PhysicalResource => {
    const hash = createHash('sha256').update(`${prefix}-${logicalId}`).digest('hex').slice(0, 17);
    const id = `${kind}-${hash}`;
    return { ref: id, attributes: { Arn: arn('ec2', id), GroupId: id, VpcId: id, SubnetId: id } };
  };
  const nameOf = (
    logicalId: string,
    { Type, Properties }: Template['Resources'][string],
  ): PhysicalResource => {
    const named = (property: string) => {
      const given = property in Properties ? parameters.value(Properties[property]) : undefined;
      return typeof given === 'string' ? given : `${prefix}-${logicalId.toLowerCase()}`;
    };
    switch (Type) {
      case 'AWS::SQS::Queue': {
        const QueueName = named('QueueName');
        const ref = `${queueEndpoint}/${account}/${QueueName}`;
        return { ref, attributes: { Arn: arn('sqs', QueueName), QueueName } };
      }
      case 'AWS::SNS::Topic': {
        const TopicName = named('TopicName');
        return { ref: arn('sns', TopicName), attributes: { TopicName } };
      }
      case 'AWS::S3::Bucket': {
        const bucket = named('BucketName');
        return { ref: bucket, attributes: { Arn: `arn:aws:s3:::${bucket}` } };
      }
      case 'AWS::IAM::Role': {
        const role = named('RoleName');
        const path = 'Path' in Properties ? String(parameters.value(Properties['Path'])) : '/';
        return { ref: role, attributes: { Arn: `arn:aws:iam::${account}:role${path}${role}` } };
      }
      case 'AWS::IAM::ManagedPolicy':
        return { ref: `arn:aws:iam::${account}:policy/${prefix}-${logicalId.toLowerCase()}`, attributes: {} };
      case 'AWS::KMS::Key': {
        const key = `${prefix}-${logicalId.toLowerCase()}`;
        return { ref: key, attributes: { Arn: arn('kms', `key/${key}`) } };
      }
      case 'AWS::ECS::Cluster': {
        const cluster = named('ClusterName');
        return { ref: cluster, attributes: { Arn: arn('ecs', `cluster/${cluster}`) } };
      }
      case 'AWS::ECS::Service': {
        const name = named('ServiceName');
        return { ref: arn('ecs', `service/${prefix}/${name}`), attributes: { Name: name } };
      }
      case 'AWS::EC2::VPC':
        return ofNetwork('vpc', logicalId);
      case 'AWS::EC2::Subnet':
        return ofNetwork('subnet', logicalId);
      case 'AWS::EC2::SecurityGroup':
        return ofNetwork('sg', logicalId);
      default: {
        const name = `${prefix}-${logicalId.toLowerCase()}`;
        return { ref: name, attributes: { Arn: arn('local', name) } };
      }
    }
  };
  return new Map(Object.entries(template.Resources).map(([id, resource]) => [id, nameOf(id, resource)]));
}
