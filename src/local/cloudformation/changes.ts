import type { RenderedResource, RenderedStack } from './rendered-stack.ts';

export interface Change {
  readonly Action: 'Add' | 'Modify' | 'Remove';
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly Replacement?: 'True' | 'False';
}

/** Properties that CloudFormation changes only by another resource, of the types that the templates have. */
const immutable: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::EC2::VPC': ['CidrBlock'],
  'AWS::EC2::Subnet': ['CidrBlock', 'AvailabilityZone'],
};

/** Every change of a task definition makes a new revision. */
const alwaysReplaced = new Set(['AWS::ECS::TaskDefinition']);

export function changesBetween(before: RenderedStack, after: RenderedStack): readonly Change[] {
  const of = (stack: RenderedStack) => new Map(stack.resources.map((one) => [one.id, one]));
  const [old, next] = [of(before), of(after)];
  const changeOf = (resource: RenderedResource): Change[] => {
    const { id: LogicalResourceId, type: ResourceType } = resource;
    const former = old.get(LogicalResourceId);
    if (former === undefined) return [{ Action: 'Add', LogicalResourceId, ResourceType }];
    if (JSON.stringify(former.properties) === JSON.stringify(resource.properties)) return [];
    const Replacement = isReplaced(former, resource) ? 'True' : 'False';
    return [{ Action: 'Modify', LogicalResourceId, ResourceType, Replacement }];
  };
  const removed = before.resources.filter(({ id }) => !next.has(id));
  return [
    ...after.resources.flatMap(changeOf),
    ...removed.map(
      ({ id, type }): Change => ({
        Action: 'Remove',
        LogicalResourceId: id,
        ResourceType: type,
      }),
    ),
  ];
}

export function isReplaced(before: RenderedResource, after: RenderedResource): boolean {
  if (alwaysReplaced.has(after.type)) return true;
  const differs = (name: string) =>
    JSON.stringify(before.properties[name]) !== JSON.stringify(after.properties[name]);
  return (immutable[after.type] ?? []).some(differs);
}
