import { checksOf } from '../compose/doctor/checks.ts';
import { lookAt } from '../compose/doctor/looked-at.ts';
import { isolationBucketSettings } from '../compose/operator/isolation-bucket.ts';
import { composeSettingSources } from '../compose/setting-sources.ts';
import { checkColumns, makeChecks, summaryOf } from './check-rows.ts';
import { type ExitCode, exitCode } from './frame/exit-code.ts';
import { type OutputFlags, openOutput } from './frame/output.ts';
import type { CommandContext } from './frame/run-command.ts';
import { type OperatorFlags, openOperator } from './open-operator.ts';
import { workerUrl } from './worker-url.ts';

export interface DoctorFlags extends OperatorFlags, OutputFlags {
  readonly serviceStack?: string;
  readonly sourceBucket?: readonly string[];
  readonly url?: readonly string[];
}

/** Checks an installation and says how to mend it. A check that fails keeps no other from being made. */
export async function runDoctor(flags: DoctorFlags, context: CommandContext): Promise<ExitCode> {
  const { signal, terminal } = context;
  const output = openOutput(terminal, checkColumns, flags);
  const options = {
    stack: flags.stack,
    serviceStack: flags.serviceStack,
    sourceBuckets: flags.sourceBucket ?? [],
    urls: (flags.url ?? []).map(workerUrl),
    signal,
  };
  const { clients, settings } = await openOperator(flags, context, [
    ...isolationBucketSettings,
    'DEAD_LETTER_QUEUE_URL',
    'ALERT_TOPIC_ARN',
    'PARK_AFTER_RECEIVES',
    'POLICY',
    'POLICY_FILE',
    'OUTCOME_BUS_ARN',
    'MEMBER_ROLE_NAME',
    'PARAMETER_PATH',
    'CONFIRM_FINDINGS',
  ]);
  const { stackOutputs } = composeSettingSources({
    ...terminal.env,
    AWS_REGION: settings.AWS_REGION,
    AWS_ENDPOINT_URL: settings.AWS_ENDPOINT_URL,
  });
  const checks = checksOf(lookAt(clients, settings, options, stackOutputs));
  const checked = await makeChecks(checks, context);
  output.write(checked);
  terminal.err.write(summaryOf(checked));
  return checked.some(({ verdict }) => verdict.state === 'wrong') ? exitCode.found : exitCode.done;
}
