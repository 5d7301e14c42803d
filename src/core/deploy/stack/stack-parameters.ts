import type { Values } from '../installation.ts';
import { previousValue, type Stack, type Template } from './stacks.ts';

/** Parameters that have the same value in every template, which the data plane was given. */
const shared = ['RolePath', 'PermissionsBoundaryArn'];

export interface StackParametersInput {
  readonly template: Template;
  readonly chosen: Values;
  /** Present if the stack exists. */
  readonly stack: Stack | undefined;
  /** The outputs of the stacks before this one. */
  readonly outputs: Values;
  /** Every output that the templates before this one can have. */
  readonly possibleOutputs: ReadonlySet<string>;
  /** The parameters of the data plane. */
  readonly ofDataPlane: Values;
}

export type StackParameters = Readonly<Record<string, string | typeof previousValue>>;

/**
 * Returns the parameters of a stack: what was chosen, else the output of that name, else the value that the stack has. A
 * parameter that is absent gets the template's default. An output that its stack does not have any more leaves no
 * value behind.
 */
export function stackParameters(input: StackParametersInput): StackParameters {
  const { chosen, ofDataPlane, outputs, possibleOutputs, stack, template } = input;
  const valueOf = (name: string) => {
    const given = chosen[name] ?? outputs[name] ?? (shared.includes(name) ? ofDataPlane[name] : undefined);
    if (given !== undefined) return given;
    const isStale = possibleOutputs.has(name);
    return stack !== undefined && name in stack.parameters && !isStale ? previousValue : undefined;
  };
  return Object.fromEntries(
    template.parameters.flatMap((name) => {
      const value = valueOf(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** Returns the parameters with the values of the stack in place of `previousValue`. */
export function knownValues(parameters: StackParameters, stack: Stack | undefined): Values {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      value === previousValue ? (stack?.parameters[name] ?? '') : value,
    ]),
  );
}
