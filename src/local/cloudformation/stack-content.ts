import { parseTemplate } from '../../aws/cloudformation/load-template.ts';
import { checkParameters } from './check-parameters.ts';
import { membersOf } from './query.ts';
import { renderStack, type StackPlace } from './rendered-stack.ts';
import { StackError, validationError } from './stack-error.ts';
import type { StackContent, StandInStack } from './stack-machine.ts';

const longestBodyBytes = 51_200;

/** Reads template and parameters of a call. Throws what CloudFormation would refuse. */
export function contentOf(form: URLSearchParams, stack: StandInStack, place: StackPlace): StackContent {
  const body = form.get('TemplateBody') ?? '';
  if (Buffer.byteLength(body) > longestBodyBytes) {
    throw validationError(
      "1 validation error detected: Value at 'templateBody' failed to satisfy constraint",
    );
  }
  const template = parseTemplate(body);
  const isNaming = Object.values(template.Resources).some(({ Type }) => Type.startsWith('AWS::IAM::'));
  if (isNaming && form.get('Capabilities.member.1') !== 'CAPABILITY_NAMED_IAM') {
    throw new StackError(
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    );
  }
  const before = stack.content?.parameters ?? {};
  const given = Object.fromEntries(
    membersOf(form, 'Parameters').map(({ ParameterKey = '', ParameterValue = '', UsePreviousValue }) => [
      ParameterKey,
      UsePreviousValue === 'true' ? (before[ParameterKey] ?? '') : ParameterValue,
    ]),
  );
  checkParameters(template, given);
  const defaults = Object.entries(template.Parameters).flatMap(([name, { Default }]) =>
    Default === undefined ? [] : [[name, String(Default as string | number)]],
  );
  const parameters: Readonly<Record<string, string>> = { ...Object.fromEntries(defaults), ...given };
  const generated = `${stack.name}-${stack.id.slice(-6)}`;
  return {
    template,
    parameters,
    rendered: renderStack(template, parameters, generated, place),
  };
}
