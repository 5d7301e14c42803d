import { policySource } from '../../compose/policy-source.ts';
import type { Settings } from '../../config/parse-settings.ts';
import { type PolicyPlace, policyPlace } from '../../config/policy/policy-place.ts';
import { type ReadPolicy, readPolicy } from '../../config/policy/read-policy.ts';
import { defaultDocument } from '../../core/policy/policy.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { exitCode } from '../frame/exit-code.ts';
import { readTextFile } from '../frame/input-file.ts';
import { visible } from '../frame/terminal.ts';
import { type OperatorContext, type OperatorFlags, openOperator, settingsOf } from '../open-operator.ts';

/** The text of a policy, and what it says. */
export interface OpenedPolicy {
  readonly source: string;
  readonly text: string;
  readonly read: ReadPolicy;
}

export interface PolicyFlags extends OperatorFlags {
  readonly policy?: string;
}

export async function openPolicyFile(path: string, env: Settings): Promise<OpenedPolicy> {
  return opened(path, { text: await readTextFile(path) }, env);
}

/** The policy of `--policy`, else of POLICY_FILE or POLICY, else the built-in one. */
export async function openPolicy(flags: PolicyFlags, context: OperatorContext): Promise<OpenedPolicy> {
  return flags.policy === undefined ? policyInForce(flags, context) : policyAt(flags.policy, flags, context);
}

/** The policy that the settings name. */
async function policyInForce(flags: PolicyFlags, context: OperatorContext): Promise<OpenedPolicy> {
  const settings = await settingsOf(flags, context.terminal.env);
  const { POLICY: inline, POLICY_FILE: file } = settings;
  if (file !== undefined) {
    return policyAt(file, flags, { ...context, terminal: { env: settings } }).catch(asSetting);
  }
  if (inline !== undefined) return opened('POLICY', { text: inline }, settings);
  return opened('built-in', { text: JSON.stringify(defaultDocument, null, 2) }, settings);
}

/** What would be a wrong argument is a wrong setting here. */
function asSetting(error: unknown): never {
  if (!(error instanceof CommandError) || error.exitCode !== exitCode.usage) throw error;
  throw new CommandError(`POLICY_FILE: ${error.message}`, exitCode.configuration, { cause: error });
}

async function policyAt(source: string, flags: PolicyFlags, context: OperatorContext): Promise<OpenedPolicy> {
  const settings = context.terminal.env;
  const place = policyPlace(source);
  if (place === undefined)
    throw usageError(
      `${visible(source)} names no policy: give a path, s3://bucket/key or ssm:/name, such as ssm:/macie-isolator/policy.`,
    );
  if (place.kind === 'file') return openPolicyFile(place.path, settings);
  return opened(source, await readRemote(place, flags, context), settings);
}

/** Reads an object or a parameter, with the operator's own credentials. */
async function readRemote(place: PolicyPlace, flags: PolicyFlags, context: OperatorContext) {
  const { clients } = await openOperator(flags, context, []);
  const read = await policySource(place, { s3: () => clients.s3(), ssm: () => clients.ssm() }, undefined)();
  if (read.kind === 'text') return read;
  const problem = read.kind === 'unreadable' ? read.problem : 'the policy was not read';
  throw new CommandError(`${visible(problem)}.`, exitCode.failed);
}

/** For commands that need a valid policy. */
export function validPolicy({ read, source }: OpenedPolicy): Extract<ReadPolicy, { ok: true }> {
  if (read.ok) return read;
  const lines = read.problems.map(({ column, line, message }) => `\n  ${line}:${column} ${visible(message)}`);
  throw new CommandError(`The policy ${visible(source)} is not valid:${lines.join('')}`, exitCode.found);
}

function opened(
  source: string,
  { text, version }: { readonly text: string; readonly version?: string },
  { ISOLATION_BUCKET: isolationBucket }: Settings,
): OpenedPolicy {
  return { source, text, read: readPolicy(text, isolationBucket || undefined, version) };
}
