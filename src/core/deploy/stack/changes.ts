import type { ResourceChange } from './stacks.ts';

/** Types whose resources hold what cannot be made again, or whose names others were told. */
const stateful = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Events::Archive',
  'AWS::Glue::Table',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::Macie::Session',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
]);

const losing = new Set<ResourceChange['action']>(['remove', 'replace', 'may-replace']);

/** The changes that take away a resource with its content, and that nobody allowed by its name. */
export function unallowedLosses(
  changes: readonly ResourceChange[],
  allowed: readonly string[],
): readonly ResourceChange[] {
  return changes.filter(
    ({ action, resource, type }) => losing.has(action) && stateful.has(type) && !allowed.includes(resource),
  );
}

const verbs = { remove: 'removes', replace: 'replaces', 'may-replace': 'may replace' } as const;

export function refusalOfLosses(stack: string, losses: readonly ResourceChange[]): string {
  const named = losses.map(
    ({ action, resource, type }) =>
      `${verbs[action as keyof typeof verbs]} ${resource} (${type.split('::').slice(1).join(' ')})`,
  );
  const flags = losses.map(({ resource }) => `--allow-replacement ${resource}`).join(' ');
  return `The update of ${stack} ${named.join(', ')}: what is in it is lost or left behind. If that is meant, add ${flags}.`;
}
