import { checksOf } from '../../compose/doctor/checks.ts';
import { lookAt } from '../../compose/doctor/looked-at.ts';
import { releaseSettings } from '../../compose/operator/release.ts';
import { composeSettingSources } from '../../compose/setting-sources.ts';
import { makeChecks, openCheckOutput } from '../check-rows.ts';
import { usageError } from '../frame/command-error.ts';
import { durationMs } from '../frame/duration.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import type { OutputFlags } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { workerUrl } from '../status/worker-url.ts';

export interface DoctorFlags extends OperatorFlags, OutputFlags {
  readonly serviceStack?: string;
  readonly sourceBucket?: readonly string[];
  readonly url?: readonly string[];
  readonly canary?: boolean;
  readonly probe?: boolean;
  readonly wait?: string;
}

/** Checks an installation and says how to mend it. A check that fails keeps no other from being made. */
export async function runDoctor(flags: DoctorFlags, context: CommandContext): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const output = openCheckOutput(terminal, flags);
  const options = {
    stack: flags.stack,
    serviceStack: flags.serviceStack,
    sourceBuckets: flags.sourceBucket ?? [],
    urls: (flags.url ?? []).map(workerUrl),
    canary: flags.canary === true,
    probe: probeOf(flags),
    signal,
    say: (text: string) => progress.say(text),
  };
  const { clients, env, settings } = await openOperator(flags, context, [
    ...releaseSettings,
    'DEAD_LETTER_QUEUE_URL',
    'ALERT_TOPIC_ARN',
    'PARK_AFTER_RECEIVES',
    'POLICY',
    'POLICY_FILE',
    'OUTCOME_BUS_ARN',
    'MEMBER_ROLE_NAME',
    'PARAMETER_PATH',
    'CONFIRM_FINDINGS',
    'FENCE',
  ]);
  const { stackOutputs } = composeSettingSources({
    ...env,
    AWS_REGION: settings.AWS_REGION,
    AWS_ENDPOINT_URL: settings.AWS_ENDPOINT_URL,
  });
  const checks = checksOf(lookAt(clients, settings, options, stackOutputs));
  const checked = await makeChecks(checks, output, context);
  return checked.some(({ verdict }) => verdict.state === 'wrong') ? exitCode.found : exitCode.done;
}

function probeOf({ probe, wait }: DoctorFlags) {
  if (wait !== undefined && probe !== true) throw usageError('--wait says how long --probe waits.');
  return probe === true ? { patienceMs: durationMs('--wait', wait ?? '10m') } : undefined;
}
