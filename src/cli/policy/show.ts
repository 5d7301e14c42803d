import * as z from 'zod';
import { evidenceOf, isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import { policyKey } from '../../core/evidence/keys.ts';
import { jsonOf } from '../../core/json.ts';
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
  const since: Since = hasInstallation
    ? await takenUp(policy.hash, flags, context)
    : { text: 'not known without ISOLATION_BUCKET' };
  const { source, text } = opened;
  if (flags.json) {
    const told = {
      hash: policy.hash,
      source,
      version: policy.version ?? null,
      taken_up_at: since.at ?? null,
      policy: policy.document,
    };
    terminal.out.write(`${jsonText(told, 2)}\n`);
    return exitCode.done;
  }
  const lines = [
    `# hash    ${policy.hash}`,
    `# source  ${visible(policy.version === undefined ? source : `${source} (version ${policy.version})`)}`,
    `# since   ${since.text}`,
  ];
  terminal.out.write(`${lines.join('\n')}\n${text.trimEnd().split('\n').map(visible).join('\n')}\n`);
  return exitCode.done;
}

/** When a worker took the policy up first, if that is known. */
interface Since {
  readonly at?: string;
  readonly text: string;
}

const keptPolicy = z.object({ taken_up_at: z.string() });

/** The first worker that takes a policy up keeps it in the isolation bucket. */
async function takenUp(hash: string, flags: ShowFlags, context: CommandContext): Promise<Since> {
  const { clients, settings } = await openOperator(flags, context, isolationBucketSettings);
  const key = policyKey(hash);
  const kept = await evidenceOf(clients, settings).get(key);
  if (kept === undefined) return { text: 'no worker has taken it up' };
  const at = keptPolicy.safeParse(jsonOf(kept)).data?.taken_up_at;
  if (at === undefined) return { text: `unknown: ${key} in the isolation bucket does not say it` };
  return { at: visible(at), text: visible(at) };
}
