/** Settings by name; what is unset is absent or undefined. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** Where settings come from that neither flags nor the environment give. */
export interface SettingSources {
  /** The outputs of a stack, by their names. */
  readonly stackOutputs: (stack: string) => Promise<Settings>;
  /** The parameters directly under a path, by their last name. */
  readonly parameters: (path: string) => Promise<Settings>;
}

/** Which output of `data-plane.yaml` is which setting. */
const settingOfOutput: Readonly<Record<string, string>> = {
  QueueUrl: 'QUEUE_URL',
  DeadLetterQueueUrl: 'DEAD_LETTER_QUEUE_URL',
  IsolationBucketName: 'ISOLATION_BUCKET',
  IsolationKeyArn: 'ISOLATION_KMS_KEY_ID',
  AlertTopicArn: 'ALERT_TOPIC_ARN',
};

/**
 * Fills what is unset: from the stack, where one is named, then from the parameters under `PARAMETER_PATH`. What is
 * set already stays, so flags and environment win.
 */
export async function fillSettings(
  given: Settings,
  sources: SettingSources,
  stack: string | undefined,
): Promise<Settings> {
  const path = given['PARAMETER_PATH'] || undefined;
  const outputs = stack === undefined ? {} : await sources.stackOutputs(stack);
  const named = Object.entries(outputs).flatMap(([output, value]) => {
    const setting = settingOfOutput[output];
    return setting === undefined ? [] : [[setting, value] as const];
  });
  const parameters = path === undefined ? {} : await sources.parameters(path);
  const isSet = ([, value]: readonly [string, string | undefined]) =>
    value !== undefined && value.trim() !== '';
  return Object.fromEntries([
    ...Object.entries(parameters),
    ...named,
    ...Object.entries(given).filter(isSet),
  ]);
}
