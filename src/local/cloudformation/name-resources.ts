import type { Template } from './load-template.ts';
import type { PhysicalResource } from './resolve.ts';

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

/** Known beforehand, so that resources may refer to each other in any order. */
export function nameResources(template: Template, naming: Naming): ReadonlyMap<string, PhysicalResource> {
  const { account, region, prefix } = naming;
  const nameOf = (logicalId: string, { Type, Properties }: Template['Resources'][string]) => {
    const generic = `${prefix}-${logicalId.toLowerCase()}`;
    const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
    switch (Type) {
      case 'AWS::SQS::Queue': {
        const { QueueName } = Properties as { QueueName?: { 'Fn::Sub'?: string } };
        const queue = QueueName?.['Fn::Sub']?.replace('${Prefix}', prefix) ?? generic;
        return {
          ref: `${naming.queueEndpoint}/${account}/${queue}`,
          attributes: { Arn: arn('sqs', queue), QueueName: queue },
        };
      }
      case 'AWS::SNS::Topic':
        return { ref: arn('sns', generic), attributes: { TopicArn: arn('sns', generic) } };
      case 'AWS::S3::Bucket':
        return { ref: generic, attributes: { Arn: `arn:aws:s3:::${generic}` } };
      default:
        return { ref: generic, attributes: { Arn: arn('local', generic) } };
    }
  };
  return new Map(Object.entries(template.Resources).map(([id, resource]) => [id, nameOf(id, resource)]));
}
