import type { Template } from '../../aws/cloudformation/load-template.ts';
import { createResolver, type PhysicalResource } from '../../aws/cloudformation/resolve.ts';
import { nameResources, physical } from './name-resources.ts';

export interface RenderedResource {
  readonly id: string;
  readonly type: string;
  readonly physicalId: string;
  readonly isRetained: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a template makes with its parameters. */
export interface RenderedStack {
  readonly resources: readonly RenderedResource[];
  readonly outputs: Readonly<Record<string, string>>;
}

export interface StackPlace {
  readonly account: string;
  readonly region: string;
}

/** Evaluates a template. `generated` begins the names that CloudFormation would make up. */
export function renderStack(
  template: Template,
  parameters: Readonly<Record<string, string>>,
  generated: string,
  { account, region }: StackPlace,
): RenderedStack {
  const knowing = (resources: ReadonlyMap<string, PhysicalResource>) =>
    createResolver({
      template,
      parameters,
      pseudoParameters: {
        'AWS::AccountId': account,
        'AWS::Partition': 'aws',
        'AWS::Region': region,
        'AWS::StackName': generated,
        'AWS::URLSuffix': 'amazonaws.com',
      },
      resources,
    });
  const queueEndpoint = `https://sqs.${region}.amazonaws.com`;
  const naming = { account, region, prefix: generated, queueEndpoint };
  const names = nameResources(template, knowing(new Map()), naming);
  const resolver = knowing(names);
  const isPresent = ({ Condition }: { readonly Condition?: string | undefined }) =>
    Condition === undefined || resolver.condition(Condition);
  return {
    resources: Object.entries(template.Resources)
      .filter(([, resource]) => isPresent(resource))
      .map(([id, { DeletionPolicy, Properties, Type }]) => ({
        id,
        type: Type,
        physicalId: physical(names, id).ref,
        isRetained: DeletionPolicy === 'Retain',
        properties: resolver.value(Properties) as Readonly<Record<string, unknown>>,
      })),
    outputs: Object.fromEntries(
      Object.entries(template.Outputs)
        .filter(([, output]) => isPresent(output))
        .map(([name, { Value }]) => [name, String(resolver.value(Value))]),
    ),
  };
}
