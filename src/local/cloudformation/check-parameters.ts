import type { Template } from '../../aws/cloudformation/load-template.ts';
import { validationError } from './stack-error.ts';

/** Checks parameters as CloudFormation does before it makes a change set. */
export function checkParameters(template: Template, values: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(values).filter((name) => !(name in template.Parameters));
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const missing = Object.entries(template.Parameters).filter(
    ([name, { Default }]) => Default === undefined && values[name] === undefined,
  );
  if (missing.length > 0) {
    throw validationError(`Parameters: [${missing.map(([name]) => name).join(', ')}] must have values`);
  }
  for (const [name, { AllowedPattern, AllowedValues, ConstraintDescription, Type }] of Object.entries(
    template.Parameters,
  )) {
    const value = values[name];
    if (value === undefined) continue;
    const isList = Type.startsWith('List<') || Type === 'CommaDelimitedList';
    const parts = isList ? value.split(',').map((part) => part.trim()) : [value];
    const pattern = AllowedPattern ?? patternOf(Type);
    const isAllowed = (part: string) =>
      (pattern === undefined || new RegExp(`^(?:${pattern})$`).test(part)) &&
      (AllowedValues === undefined || AllowedValues.map(String).includes(part));
    if (!parts.every(isAllowed)) {
      throw validationError(
        `Parameter '${name}' failed to satisfy constraint: ${ConstraintDescription ?? `must match pattern ${pattern ?? ''}`}`,
      );
    }
  }
}

function patternOf(type: string): string | undefined {
  if (type.includes('AWS::EC2::')) return '[a-z][a-z0-9-]+';
  return type === 'Number' ? '[0-9]+' : undefined;
}
