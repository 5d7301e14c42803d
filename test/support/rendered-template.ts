import { loadTemplate, type Template } from '../../src/aws/cloudformation/load-template.ts';
import { createResolver, type PhysicalResource } from '../../src/aws/cloudformation/resolve.ts';
import { nameResources, physical } from '../../src/local/cloudformation/name-resources.ts';

export interface RenderedTemplate {
  readonly template: Template;
  /** The resources whose conditions hold, their properties resolved. */
  readonly resources: readonly RenderedResource[];
  /** The outputs whose conditions hold. */
  readonly outputs: Readonly<Record<string, string>>;
  arn(logicalId: string): string;
}

export interface RenderedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export const templateFolder = new URL('../../deploy/ecs/', import.meta.url).pathname;
/** Those of the last release. */
export const formerTemplateFolder = new URL('templates-0.1.0/', import.meta.url).pathname;

/** A template of deploy/ecs as CloudFormation would carry it out in this account and region. */
export function renderTemplate(
  file: string,
  account: string,
  region: string,
  parameters: Readonly<Record<string, string>> = {},
  folder = templateFolder,
): RenderedTemplate {
  const template = loadTemplate(folder + file);
  const resolverKnowing = (resources: ReadonlyMap<string, PhysicalResource>) =>
    createResolver({
      template,
      parameters,
      pseudoParameters: {
        'AWS::Region': region,
        'AWS::AccountId': account,
        'AWS::Partition': 'aws',
        'AWS::URLSuffix': 'amazonaws.com',
      },
      resources,
    });
  const prefix = parameters['Prefix'] ?? 'macie-isolator';
  const naming = { account, region, prefix, queueEndpoint: `https://sqs.${region}.amazonaws.com` };
  const names = nameResources(template, resolverKnowing(new Map()), naming);
  const resolver = resolverKnowing(names);
  const holds = ({ Condition }: { Condition?: string | undefined }) =>
    Condition === undefined || resolver.condition(Condition);
  return {
    template,
    resources: Object.entries(template.Resources)
      .filter(([, resource]) => holds(resource))
      .map(([logicalId, { Type, Properties }]) => ({
        logicalId,
        type: Type,
        properties: resolver.value(Properties) as Readonly<Record<string, unknown>>,
      })),
    outputs: Object.fromEntries(
      Object.entries(template.Outputs)
        .filter(([, output]) => holds(output))
        .map(([name, { Value }]) => [name, String(resolver.value(Value))]),
    ),
    arn: (logicalId) => physical(names, logicalId).attributes['Arn'] ?? physical(names, logicalId).ref,
  };
}
