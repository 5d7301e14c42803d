import type { TemplateName, Values } from '../installation.ts';
import type { DeployPorts } from './deploy-ports.ts';
import { StackProblem } from './stack-problem.ts';

/** The names that the parameters give to new buckets. Without a name, CloudFormation generates one. */
function namedBuckets(template: TemplateName, values: Values): readonly string[] {
  const { DataBucketVersioning = 'none', IsolationBucketName: name } = values;
  if (template !== 'data-plane' || !name) return [];
  return [name, ...(DataBucketVersioning === 'none' ? [] : [`${name}-data`])];
}

/** Throws a problem if a bucket stands in the way of a new stack: CloudFormation would fail halfway. */
export async function refuseTakenBuckets(
  { bucketExists }: Pick<DeployPorts, 'bucketExists'>,
  template: TemplateName,
  values: Values,
): Promise<void> {
  for (const name of namedBuckets(template, values)) {
    if (!(await bucketExists(name))) continue;
    throw new StackProblem(
      `The bucket ${name} exists already, and CloudFormation cannot create it again. The isolation bucket stays when ` +
        'its stack is deleted or fails, so that no evidence is lost. Leave IsolationBucketName out, so that a new ' +
        `name is generated, or choose another name; \`aws s3api delete-bucket --bucket ${name}\` frees the name if ` +
        'the bucket is yours and empty.',
    );
  }
}
