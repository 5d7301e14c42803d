import { composeOperator, type Operator } from '../compose/operator.ts';
import { composeSettingSources } from '../compose/setting-sources.ts';
import { parseSettings } from '../config/parse-settings.ts';
import { fillSettings, type Settings } from '../config/setting-sources.ts';
import { CommandError, usageError } from './frame/command-error.ts';
import { exitCode } from './frame/exit-code.ts';
import { visible } from './frame/terminal.ts';

/** The flags by which every command names account and installation, as in the AWS CLI. */
export interface OperatorFlags {
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  /** The stack of `data-plane.yaml`, whose outputs are settings. */
  readonly stack?: string;
  /** `NAME=value`, any number of times. These settings have precedence over all others. */
  readonly set?: readonly string[];
}

export interface OpenOperator {
  readonly isolationBucket: string;
  readonly operator: Operator;
  readonly visibilityTimeoutSeconds: number;
}

/** Finds the settings of the installation, and composes the adapters that a command may use. */
export async function openOperator(flags: OperatorFlags, env: Settings): Promise<OpenOperator> {
  // The SDK reads these variables from the environment of the process, for every client.
  if (flags.profile !== undefined) process.env['AWS_PROFILE'] = flags.profile;
  const given: Settings = {
    ...env,
    ...(flags.region !== undefined && { AWS_REGION: flags.region }),
    ...(flags.endpointUrl !== undefined && { AWS_ENDPOINT_URL: flags.endpointUrl }),
    ...assignments(flags.set ?? []),
  };
  const filled = await fillSettings(given, composeSettingSources(given), flags.stack).catch(
    (error: unknown) => {
      throw isNoStack(error)
        ? new CommandError(
            `The stack ${visible(flags.stack ?? '')} does not exist in this account and region.`,
            exitCode.configuration,
            { cause: error },
          )
        : error;
    },
  );
  const parsed = parseSettings(filled, [
    'AWS_REGION',
    'QUEUE_URL',
    'ISOLATION_BUCKET',
    'ISOLATION_KMS_KEY_ID',
    'VISIBILITY_TIMEOUT_SECONDS',
    'MULTIPART_THRESHOLD_BYTES',
    'MULTIPART_PART_BYTES',
    'MULTIPART_CONCURRENCY',
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_S3',
    'AWS_ENDPOINT_URL_SQS',
    'AWS_ENDPOINT_URL_STS',
  ]);
  if (!parsed.ok) {
    const lines = parsed.problems.map((problem) => `\n  - ${problem}`).join('');
    throw new CommandError(
      `Settings are missing or wrong. Set them in the environment, by --stack or by --set NAME=value:${lines}`,
      exitCode.configuration,
    );
  }
  const { settings } = parsed;
  const s3Endpoint = settings.AWS_ENDPOINT_URL_S3 ?? settings.AWS_ENDPOINT_URL;
  const sqsEndpoint = settings.AWS_ENDPOINT_URL_SQS ?? settings.AWS_ENDPOINT_URL;
  const stsEndpoint = settings.AWS_ENDPOINT_URL_STS ?? settings.AWS_ENDPOINT_URL;
  return {
    isolationBucket: settings.ISOLATION_BUCKET,
    visibilityTimeoutSeconds: settings.VISIBILITY_TIMEOUT_SECONDS,
    operator: composeOperator({
      region: settings.AWS_REGION,
      isolationBucket: settings.ISOLATION_BUCKET,
      accountId: settings.QUEUE_URL.split('/').at(-2) ?? '',
      multipartThresholdBytes: settings.MULTIPART_THRESHOLD_BYTES,
      multipartPartBytes: settings.MULTIPART_PART_BYTES,
      multipartConcurrency: settings.MULTIPART_CONCURRENCY,
      queueUrl: settings.QUEUE_URL,
      ...(s3Endpoint !== undefined && { s3Endpoint }),
      ...(sqsEndpoint !== undefined && { sqsEndpoint }),
      ...(stsEndpoint !== undefined && { stsEndpoint }),
      ...(settings.ISOLATION_KMS_KEY_ID !== undefined && {
        isolationKmsKeyId: settings.ISOLATION_KMS_KEY_ID,
      }),
    }),
  };
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
      return [name, value];
    }),
  );
}
