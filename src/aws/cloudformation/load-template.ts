import { readFileSync } from 'node:fs';
import { type CollectionTag, parseDocument, type ScalarTag, type Tags } from 'yaml';
import { z } from 'zod';

const resource = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).prefault({}),
});

const parameter = z.object({
  Type: z.string(),
  Default: z.unknown().optional(),
  AllowedPattern: z.string().optional(),
  AllowedValues: z.array(z.unknown()).optional(),
  ConstraintDescription: z.string().optional(),
  Description: z.string().optional(),
});

const template = z.object({
  Parameters: z.record(z.string(), parameter).prefault({}),
  Conditions: z.record(z.string(), z.unknown()).prefault({}),
  Resources: z.record(z.string(), resource),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Condition: z.string().optional() }))
    .prefault({}),
});

/** The parts of a CloudFormation template that the stand-ins read, with intrinsic functions in their long form. */
export type Template = z.output<typeof template>;

/**
 * Reads a template in YAML. Throws an error if the file is no template, or if it has a tag that is not a
 * known intrinsic function.
 */
export function loadTemplate(path: string): Template {
  return parseTemplate(readFileSync(path, 'utf8'));
}

export function parseTemplate(yaml: string): Template {
  const document = parseDocument(yaml, { customTags });
  // The parser only warns about an unknown tag.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw problem;
  return template.parse(document.toJS());
}

const longForm = (name: string) => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

const scalar = (name: string): ScalarTag => ({
  tag: `!${name}`,
  resolve: (text: string) => ({ [longForm(name)]: name === 'GetAtt' ? splitOnce(text) : text }),
});

const sequence = (name: string): CollectionTag => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve: (items) => ({ [longForm(name)]: items.toJSON() as unknown }),
});

const customTags: Tags = [
  ...['Ref', 'GetAtt', 'Sub', 'Condition', 'GetAZs'].map(scalar),
  ...['If', 'Equals', 'Not', 'And', 'Or', 'Join', 'Sub', 'GetAtt', 'Select', 'Split', 'Cidr'].map(sequence),
];

/** Splits `Resource.Attribute`. Attributes may contain dots themselves. */
function splitOnce(text: string): [string, string] {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}
