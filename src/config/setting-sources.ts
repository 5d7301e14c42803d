/** Settings by name. An unset setting is absent or undefined. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** The sources of settings besides flags and environment. */
export interface SettingSources {
  /** Returns the outputs of a stack, by their names. */
  readonly stackOutputs: (stack: string) => Promise<Settings>;
  /** Returns the parameters directly under a path, by the last part of their names. */
  readonly parameters: (path: string) => Promise<Settings>;
}

/** No parameter lies under `PARAMETER_PATH`, as under a mistyped path. Its settings would be the defaults, such as `enforce`. */
export class NoParametersError extends Error {
  constructor(path: string) {
    super(`no parameter lies directly under PARAMETER_PATH (${path})`);
  }
}

/** The setting that each output of `data-plane.yaml` provides. */
const settingOfOutput: Readonly<Record<string, string>> = {
  QueueUrl: 'QUEUE_URL',
  DeadLetterQueueUrl: 'DEAD_LETTER_QUEUE_URL',
  RulesDeadLetterQueueUrl: 'RULES_DEAD_LETTER_QUEUE_URL',
  IsolationBucketName: 'ISOLATION_BUCKET',
  IsolationKeyArn: 'ISOLATION_KMS_KEY_ID',
  AlertTopicArn: 'ALERT_TOPIC_ARN',
};

/**
 * Fills unset settings, first from the named stack, then from the parameters under `PARAMETER_PATH`. Settings
 * that are set already stay, so flags and environment have precedence. Throws `NoParametersError`.
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
  if (path !== undefined && Object.keys(parameters).length === 0) throw new NoParametersError(path);
  const isSet = ([, value]: readonly [string, string | undefined]) =>
    value !== undefined && value.trim() !== '';
  return Object.fromEntries([
    ...Object.entries(parameters),
    ...named,
    ...Object.entries(given).filter(isSet),
  ]);
}
