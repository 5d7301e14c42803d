import type { StackResource } from './stack/stacks.ts';

const commands: Readonly<Record<string, (id: string) => string>> = {
  'AWS::KMS::Key': (id) =>
    `aws kms schedule-key-deletion --key-id ${id} (nobody can read the copies in the bucket afterwards)`,
  'AWS::Logs::LogGroup': (id) => `aws logs delete-log-group --log-group-name ${id}`,
  'AWS::Macie::Session': () => 'aws macie2 disable-macie (Macie forgets its findings and jobs)',
  'AWS::S3::Bucket': (id) =>
    `empty ${id} of all versions, then aws s3api delete-bucket --bucket ${id} (evidence: only the roles of BreakGlassRoleArns may)`,
};

/** How a person takes away by hand what outlives its stack. */
export function byHand({ physicalId, type }: StackResource): string | undefined {
  return commands[type]?.(physicalId);
}
