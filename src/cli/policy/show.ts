import { evidenceOf, isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import { policyKey } from '../../core/evidence/keys.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { jsonText } from '../frame/json-text.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import { openOperator } from '../open-operator.ts';
import { openPolicy, type PolicyFlags, validPolicy } from './open-policy.ts';

export interface ShowFlags extends PolicyFlags {
  readonly json?: boolean;
}

/** Shows the policy that the settings name, its hash, and since when workers have known it. */
export async function runPolicyShow(flags: ShowFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const opened = await openPolicy(flags, context);
  const { policy } = validPolicy(opened);
  const hasInstallation =
    flags.stack !== undefined ||
    Boolean(terminal.env['ISOLATION_BUCKET']) ||
    (flags.set ?? []).some((text) => text.startsWith('ISOLATION_BUCKET='));
  const since = hasInstallation ? await takenUpAt(policy.hash, flags, context) : undefined;
  const { source, text } = opened;
  if (flags.json) {
    const told = {
      hash: policy.hash,
      source,
      version: policy.version ?? null,
      taken_up_at: since ?? null,
      policy: policy.document,
    };
    terminal.out.write(`${jsonText(told, 2)}\n`);
    return exitCode.done;
  }
  const known = hasInstallation ? 'no worker has taken it up' : 'not known without ISOLATION_BUCKET';
  const lines = [
    `# hash    ${policy.hash}`,
    `# source  ${visible(policy.version === undefined ? source : `${source} (version ${policy.version})`)}`,
    `# since   ${since ?? known}`,
  ];
  terminal.out.write(`${lines.join('\n')}\n${text.trimEnd().split('\n').map(visible).join('\n')}\n`);
  return exitCode.done;
}

/** The first worker that takes a policy up keeps it in the isolation bucket. */
async function takenUpAt(
  hash: string,
  flags: ShowFlags,
  context: CommandContext,
): Promise<string | undefined> {
  const { clients, settings } = await openOperator(flags, context, isolationBucketSettings);
  const kept = await evidenceOf(clients, settings).get(policyKey(hash));
  if (kept === undefined) return undefined;
  const { taken_up_at: at } = JSON.parse(kept) as { readonly taken_up_at?: unknown };
  return typeof at === 'string' ? visible(at) : undefined;
}
