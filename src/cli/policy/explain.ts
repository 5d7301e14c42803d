import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseFinding } from '../../core/parse/parse-finding.ts';
import { type Explanation, explain } from '../../core/policy/explain.ts';
import { CommandError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { readTextFile } from '../frame/input-file.ts';
import { jsonText } from '../frame/json-text.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import { openPolicy, type PolicyFlags, validPolicy } from './open-policy.ts';
import { entryText } from './test-policy.ts';

export interface ExplainFlags extends PolicyFlags {
  readonly json?: boolean;
}

/** Explains what a policy decides about a finding, and for each rule why it does or does not hold. */
export async function runPolicyExplain(
  file: string,
  flags: ExplainFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { signal, terminal } = context;
  const { policy } = validPolicy(await openPolicy(flags, context));
  const body = file === '-' ? await text(addAbortSignal(signal, terminal.input)) : await readTextFile(file);
  const parsed = parseFinding(body, new Date());
  if (parsed.kind !== 'finding') {
    throw new CommandError(
      `${visible(file)} holds no finding that the policy is asked about: it would end as ${parsed.kind} (${parsed.reason}).`,
      exitCode.failed,
    );
  }
  const explanation = explain(policy, parsed.finding, { at: new Date() });
  terminal.out.write(
    flags.json ? `${jsonText({ finding_id: parsed.finding.id, ...explanation }, 2)}\n` : textOf(explanation),
  );
  return exitCode.done;
}

function textOf({ decision, entries }: Explanation): string {
  const { action, exception, missing, policy, rule } = decision;
  const why = [
    ...(exception ? [`exception: ${exception.name}, ${exception.reason}`] : []),
    ...(missing === undefined ? [] : [`not in the finding: ${missing}`]),
    ...(decision.dryRun ? ['dry run'] : []),
  ];
  return [
    `${action} by ${rule} (policy ${policy ?? 'unknown'})`,
    ...why.map((line) => `  ${visible(line)}`),
    ...entries.map((entry) => `${entry.block === 'never' ? 'never' : 'rule '}  ${visible(entryText(entry))}`),
    '',
  ].join('\n');
}
