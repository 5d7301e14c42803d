import type { XmlValue } from './query.ts';
import type { StandInStack } from './stack-machine.ts';

/** A stack as DescribeStacks shows it. */
export function stackXml({ content, id, name, status, tags }: StandInStack): XmlValue {
  const { parameters = {}, rendered } = content ?? {};
  const hasOutputs = /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE/.test(status);
  const outputs = hasOutputs ? Object.entries(rendered?.outputs ?? {}) : [];
  return {
    StackId: id,
    StackName: name,
    StackStatus: status,
    CreationTime: new Date(0).toISOString(),
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Outputs: outputs.map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}
