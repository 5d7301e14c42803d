import { readFileSync } from 'node:fs';
import type { Template } from '../../core/deploy/stack/stacks.ts';
import { type Template as ParsedTemplate, parseTemplate } from './load-template.ts';
import { createResolver } from './resolve.ts';

/** CloudFormation takes a longer template only from a bucket. */
const longestBodyBytes = 51_200;

class TemplateTooLongError extends Error {
  override readonly name = 'TemplateTooLong';
}

/** Reads a template of this project. Conditions are evaluated here, since they rest on parameters alone. */
export function readTemplate(path: string, pseudoParameters: Readonly<Record<string, string>>): Template {
  const body = inPartition(readFileSync(path, 'utf8'), pseudoParameters['AWS::Partition']);
  const bytes = Buffer.byteLength(body);
  if (bytes > longestBodyBytes) {
    throw new TemplateTooLongError(
      `${path} has ${bytes} bytes, and CloudFormation takes ${longestBodyBytes}: upload it to a bucket, and deploy it from there by hand.`,
    );
  }
  const template = parseTemplate(body);
  return {
    body,
    parameters: Object.keys(template.Parameters),
    outputs: Object.keys(template.Outputs),
    present(parameters) {
      const { condition } = createResolver({
        template,
        parameters: withDefaults(template, parameters),
        pseudoParameters,
        resources: new Map(),
      });
      const isPresent = ([, { Condition: name }]: [string, { readonly Condition?: string | undefined }]) =>
        name === undefined || condition(name);
      const resources = Object.entries(template.Resources)
        .filter(isPresent)
        .map(([resource, { DeletionPolicy, Type: type }]) => ({
          resource,
          type,
          isRetained: DeletionPolicy === 'Retain',
        }));
      const outputs = Object.entries(template.Outputs)
        .filter(isPresent)
        .map(([name]) => name);
      return { resources, outputs };
    },
  };
}

/** The delimiter of `Fn::Join` takes no function, so the templates name the partition `aws` in lists of buckets. */
function inPartition(body: string, partition = 'aws'): string {
  return body.replaceAll('arn:aws:s3:::', `arn:${partition}:s3:::`);
}

/** A parameter without a value makes no condition impossible to evaluate. */
function withDefaults(
  { Parameters }: ParsedTemplate,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const defaults = Object.entries(Parameters).map(([name, { Default = '' }]) => [name, String(Default)]);
  return { ...Object.fromEntries(defaults), ...given };
}
