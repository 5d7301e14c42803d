import { createOperatorClients, type OperatorClients } from '../compose/operator/clients.ts';
import { composeSettingSources } from '../compose/setting-sources.ts';
import { parseSettings, type Settings } from '../config/parse-settings.ts';
import { type ParsedSettings, type SettingName, settingNames } from '../config/schema/schema.ts';
import { fillSettings, ParametersError } from '../config/setting-sources.ts';
import { CommandError, usageError } from './frame/command-error.ts';
import { exitCode } from './frame/exit-code.ts';
import type { CommandContext } from './frame/run-command.ts';
import { visible } from './frame/terminal.ts';

/** The flags by which every command names the account and the region, as in the AWS CLI. */
export interface PlaceFlags {
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
}

/** The flags by which a command names the installation too. */
export interface OperatorFlags extends PlaceFlags {
  /** The stack of `data-plane.yaml`, whose outputs are settings. */
  readonly stack?: string;
  /** `NAME=value`, any number of times. These settings have precedence over all others. */
  readonly set?: readonly string[];
}

/** The parts of a command by which its settings are found and its clients are closed. */
export interface OperatorContext extends Pick<CommandContext, 'atEnd'> {
  readonly terminal: { readonly env: Settings };
}

const credentialVariables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** The settings by which every command finds AWS. */
const placeSettings = [
  'AWS_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'AWS_ENDPOINT_URL_SNS',
  'AWS_ENDPOINT_URL_SQS',
  'AWS_ENDPOINT_URL_STS',
  'AWS_ENDPOINT_URL_MACIE2',
  'AWS_ENDPOINT_URL_SSM',
  'AWS_ENDPOINT_URL_EVENTBRIDGE',
] as const satisfies readonly SettingName[];

type PlaceSetting = (typeof placeSettings)[number];

export interface OpenOperator<Name extends SettingName> {
  readonly settings: Pick<ParsedSettings, Name | PlaceSetting>;
  readonly clients: OperatorClients;
  /** The environment, without the endpoints that the command line replaces. */
  readonly env: Settings;
}

/**
 * Finds the settings that a command names, and only those must be valid. The clients are closed when the command
 * ends.
 */
export async function openOperator<Name extends SettingName>(
  flags: OperatorFlags,
  { atEnd, terminal }: OperatorContext,
  names: readonly Name[],
): Promise<OpenOperator<Name>> {
  const parsed = parseSettings(await settingsOf(flags, terminal.env), [...placeSettings, ...names]);
  if (!parsed.ok) {
    const lines = parsed.problems.map((problem) => `\n  - ${problem}`).join('');
    throw new CommandError(
      `Settings are missing or wrong. Set them in the environment, by --stack or by --set NAME=value:${lines}`,
      exitCode.configuration,
    );
  }
  const env = environmentOf(flags, terminal.env);
  const clients = createOperatorClients(parsed.settings, env);
  atEnd(() => clients.close());
  return { settings: parsed.settings, clients, env };
}

/** The endpoint of the command line comes before those that the environment has for single services. */
function environmentOf({ endpointUrl }: PlaceFlags, env: Settings): Settings {
  if (endpointUrl === undefined) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_ENDPOINT_URL')));
}

/** The variables beside settings that have an effect with `--set`: they say where stacks are read. */
const variablesOfStacks = ['AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL_CLOUDFORMATION'];

/** Throws a usage error for a flag whose value no call could use. An empty value would leave the flag without effect. */
function checkPlace({ endpointUrl, profile, region, stack }: OperatorFlags): void {
  if (profile === '') throw usageError('--profile takes a name of the AWS configuration; not an empty text.');
  if (stack === '') throw usageError('--stack takes the name of a stack; not an empty text.');
  const shown = (text: string) => visible(text) || 'an empty text';
  if (region !== undefined && !isValid('AWS_REGION', region)) {
    throw usageError(`--region takes an AWS region, such as eu-central-1; not ${shown(region)}.`);
  }
  if (endpointUrl !== undefined && !isValid('AWS_ENDPOINT_URL', endpointUrl)) {
    throw usageError(`--endpoint-url takes a URL, such as http://localhost:4566; not ${shown(endpointUrl)}.`);
  }
}

function isValid(name: SettingName, value: string): boolean {
  return value.trim() !== '' && parseSettings({ [name]: value }, [name]).ok;
}

/** The settings of the environment, of flags, of the stack and of parameters, before they are parsed. */
export async function settingsOf(flags: OperatorFlags, env: Settings): Promise<Settings> {
  checkPlace(flags);
  const assigned = assignments(flags.set ?? []);
  // The SDK reads this variable from the environment of the process, for every client.
  if (flags.profile !== undefined) {
    process.env['AWS_PROFILE'] = flags.profile;
    // As in the AWS CLI, the profile that the command names comes before credentials of the environment.
    for (const name of credentialVariables) delete process.env[name];
  }
  const given: Settings = {
    ...environmentOf(flags, env),
    ...(flags.region !== undefined && { AWS_REGION: flags.region }),
    ...(flags.endpointUrl !== undefined && { AWS_ENDPOINT_URL: flags.endpointUrl }),
    ...assigned,
  };
  try {
    return await fillSettings(given, composeSettingSources(given), flags.stack);
  } catch (error) {
    if (error instanceof ParametersError) {
      throw new CommandError(`Settings are wrong: ${visible(error.message)}`, exitCode.configuration, {
        cause: error,
      });
    }
    if (!isNoStack(error)) throw error;
    throw new CommandError(
      `The stack ${visible(flags.stack ?? '')} does not exist in this account and region.`,
      exitCode.configuration,
      { cause: error },
    );
  }
}

/** Whether the error says that the stack does not exist. CloudFormation has no error name of its own for that. */
function isNoStack(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationError';
}

function assignments(texts: readonly string[]): Settings {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
      if (name === undefined) throw usageError('--set takes NAME=value, such as ISOLATION_BUCKET=my-bucket.');
      if (![...settingNames, ...variablesOfStacks].includes(name)) {
        throw usageError(`There is no setting ${name}. \`macie-isolator settings\` lists all.`);
      }
      return [name, value];
    }),
  );
}
