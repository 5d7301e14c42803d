import type { Values, WantedStack } from './installation.ts';
import { type StackParameters, stackParameters } from './stack/stack-parameters.ts';
import type { Stack, Template } from './stack/stacks.ts';

/** Passes what the stacks have from each to those after it. */
export interface Chain {
  parameters(wanted: WantedStack, template: Template, stack: Stack | undefined): StackParameters;
  /** Adds the outputs of a stack; `given` are the parameters that it has. */
  add(wanted: WantedStack, template: Template, outputs: Values, given: Values): void;
}

export function startChain(): Chain {
  let outputs: Values = {};
  let ofDataPlane: Values = {};
  const possibleOutputs = new Set<string>();
  return {
    parameters: (wanted, template, stack) =>
      stackParameters({
        template,
        chosen: wanted.parameters(outputs),
        stack,
        outputs,
        possibleOutputs,
        ofDataPlane,
      }),
    add(wanted, template, added, given) {
      outputs = { ...outputs, ...added };
      for (const name of template.outputs) possibleOutputs.add(name);
      if (wanted.template === 'data-plane') ofDataPlane = given;
    },
  };
}
