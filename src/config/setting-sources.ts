import { givenOf, parseSettings, type Settings } from './parse-settings.ts';
import { type SettingName, settingNames } from './schema/schema.ts';

/** The sources of settings besides flags and environment. */
export interface SettingSources {
  /** Returns the outputs of a stack, by their names. */
  readonly stackOutputs: (stack: string) => Promise<Settings>;
  /** Returns the parameters directly under a path, by the last part of their names. */
  readonly parameters: (path: string) => Promise<Settings>;
}

/** Parameters cannot be read where the settings say, or are not what was meant, so that some settings would be the defaults, such as `enforce`. */
export class ParametersError extends Error {
  readonly problems: readonly string[];

  constructor(...problems: readonly string[]) {
    super(problems.join(' '));
    this.problems = problems;
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
 * that are set already stay, so flags and environment have precedence. Throws `ParametersError`.
 */
export async function fillSettings(
  given: Settings,
  sources: SettingSources,
  stack: string | undefined,
): Promise<Settings> {
  const path = checkedPath(given);
  const outputs = stack === undefined ? {} : await sources.stackOutputs(stack);
  const named = Object.entries(outputs).flatMap(([output, value]) => {
    const setting = settingOfOutput[output];
    return setting === undefined ? [] : [[setting, value] as const];
  });
  const parameters = path === undefined ? {} : await sources.parameters(path);
  if (path !== undefined) checkParameters(path, Object.keys(parameters));
  const isSet = ([, value]: readonly [string, string | undefined]) =>
    value !== undefined && value.trim() !== '';
  return Object.fromEntries([
    ...Object.entries(parameters),
    ...named,
    ...Object.entries(given).filter(isSet),
  ]);
}

/** The settings that say where parameters are read. They are used before the others are parsed. */
const placeOfParameters: readonly SettingName[] = [
  'PARAMETER_PATH',
  'AWS_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SSM',
];

function checkedPath(given: Settings): string | undefined {
  const place = givenOf(given, placeOfParameters);
  const path = place['PARAMETER_PATH'];
  if (path === undefined) return undefined;
  // A profile of the SDK may name the region instead.
  const parsed = parseSettings(
    given,
    placeOfParameters.filter((name) => place[name] !== undefined),
  );
  if (!parsed.ok) throw new ParametersError(...parsed.problems);
  return path;
}

/** A path may hold other things too, such as a policy. What is written as a setting is meant as one. */
function checkParameters(path: string, names: readonly string[]): void {
  if (names.length === 0) {
    throw new ParametersError(`no parameter lies directly under PARAMETER_PATH (${path}).`);
  }
  const known: ReadonlySet<string> = new Set(settingNames);
  const unknown = names.filter((name) => /^[A-Z][A-Z0-9_]*$/.test(name) && !known.has(name)).toSorted();
  if (unknown.length > 0) {
    throw new ParametersError(
      `parameters under PARAMETER_PATH (${path}) have names that no setting has: ${unknown.join(', ')}.`,
    );
  }
}
