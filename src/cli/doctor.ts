import { checksOf } from '../compose/doctor/checks.ts';
import { lookAt } from '../compose/doctor/looked-at.ts';
import { whyUnknown } from '../compose/doctor/why-unknown.ts';
import { isolationBucketSettings } from '../compose/operator/isolation-bucket.ts';
import { composeSettingSources } from '../compose/setting-sources.ts';
import { runChecks } from '../core/operate/doctor/run-checks.ts';
import type { Checked } from '../core/operate/doctor/verdict.ts';
import { type ExitCode, exitCode } from './frame/exit-code.ts';
import { type Column, type OutputFlags, openOutput } from './frame/output.ts';
import type { CommandContext } from './frame/run-command.ts';
import { type OperatorFlags, openOperator } from './open-operator.ts';
import { workerUrl } from './worker-url.ts';

export interface DoctorFlags extends OperatorFlags, OutputFlags {
  readonly serviceStack?: string;
  readonly sourceBucket?: readonly string[];
  readonly url?: readonly string[];
}

const columns: readonly Column<Checked>[] = [
  { name: 'check', title: 'CHECK', value: ({ check }) => check },
  { name: 'state', title: 'STATE', value: ({ verdict }) => verdict.state },
  {
    name: 'why',
    title: 'WHY',
    value: ({ verdict }) => (verdict.state === 'ok' ? (verdict.note ?? null) : verdict.why),
  },
  {
    name: 'mend',
    title: 'MEND',
    value: ({ verdict }) => ('mend' in verdict ? (verdict.mend ?? null) : null),
  },
];

/** Checks an installation and says how to mend it. A check that fails keeps no other from being made. */
export async function runDoctor(flags: DoctorFlags, context: CommandContext): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
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
  const checked: Checked[] = [];
  for await (const each of runChecks(checks, whyUnknown)) {
    signal.throwIfAborted();
    checked.push(each);
    progress.say(`${checked.length} of ${checks.length} checks`);
  }
  progress.clear();
  output.write(checked);
  terminal.err.write(summaryOf(checked));
  return checked.some(({ verdict }) => verdict.state === 'wrong') ? exitCode.found : exitCode.done;
}

function summaryOf(checked: readonly Checked[]): string {
  const count = (state: Checked['verdict']['state']) =>
    checked.filter(({ verdict }) => verdict.state === state).length;
  return `${count('ok')} ok, ${count('wrong')} wrong, ${count('look')} to look at, ${count('unknown')} could not be checked.\n`;
}
