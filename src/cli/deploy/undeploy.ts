import { openDeployment } from '../../compose/operator/deployment.ts';
import { deployRoles } from '../../core/deploy/caller-role.ts';
import {
  refuseLostMessages,
  type StandingStack,
  standingStacks,
  undeploy,
} from '../../core/deploy/undeploy.ts';
import { byHand } from '../../core/deploy/what-stays.ts';
import { isConfirmed } from '../frame/ask.ts';
import { collectRows } from '../frame/collect-rows.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type Column, type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import { openOperator, type PlaceFlags } from '../open-operator.ts';
import { checkPrefix } from '../prefix.ts';
import { reportOn } from './report.ts';
import { stoppable } from './stoppable.ts';

export interface UndeployFlags extends PlaceFlags, OutputFlags {
  readonly prefix: string;
  readonly plan?: boolean;
  readonly discardMessages?: boolean;
  readonly yes?: boolean;
}

/** A stack, or a resource that outlives its stack. */
interface UndeployRow {
  readonly stack: string;
  readonly resource?: string;
  readonly type?: string;
  readonly physicalId?: string;
  readonly result: 'would be deleted' | 'deleted' | 'stays';
}

const columns: readonly Column<UndeployRow>[] = [
  { name: 'stack', title: 'STACK', value: ({ stack }) => stack },
  { name: 'resource', title: 'RESOURCE', value: ({ resource }) => resource ?? null },
  { name: 'type', title: 'TYPE', value: ({ type }) => type ?? null },
  { name: 'physical_id', title: 'ID', value: ({ physicalId }) => physicalId ?? null, isWhole: true },
  { name: 'result', title: 'RESULT', value: ({ result }) => result },
];

/** Takes the stacks down in the reverse order. Isolation bucket, key and records stay. */
export async function runUndeploy(flags: UndeployFlags, context: CommandContext): Promise<ExitCode> {
  const { atEnd, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  checkPrefix(flags.prefix);
  const { clients, env } = await openOperator(flags, context, []);
  const report = reportOn(terminal);
  const say = (text: string) => void terminal.err.write(`${visible(text)}\n`);
  return stoppable('undeploy', report, context, async () => {
    const deployment = await openDeployment(clients, env);
    atEnd(() => deployment.close());
    const ports = deployment.ports(report, signal);
    const standing = await standingStacks(ports, flags.prefix);
    say(`Account ${deployment.account}, region ${deployment.region}`);
    if (standing.length === 0) {
      say(`No stack of ${flags.prefix} is there.`);
      output.write([]);
      return exitCode.done;
    }
    if (flags.plan) {
      output.write(standing.flatMap((one) => rowsOf(one, 'would be deleted')));
      return exitCode.found;
    }
    const dataPlane = standing.find(({ template }) => template === 'data-plane')?.stack;
    if (dataPlane !== undefined) {
      const { callerArn } = deployment;
      const known = dataPlane.parameters['DeployRoleArns']?.split(',') ?? [];
      deployRoles({ callerArn, callerRole: await deployment.callerRole(known), chosen: [], dataPlane });
      if (!flags.discardMessages) await refuseLostMessages(ports, dataPlane);
    }
    for (const { stays } of standing) {
      for (const { physicalId, type } of stays) say(`Stays: ${physicalId} (${type})`);
    }
    const names = standing.map(({ stack }) => stack.name).join(', ');
    if (!(await isConfirmed(terminal, `Delete ${names}?`, flags, signal, 'or --plan to look'))) {
      say('Nothing was deleted.');
      return exitCode.failed;
    }
    const deleted: StandingStack[] = [];
    try {
      const chosen = { discardsMessages: flags.discardMessages === true };
      const rows = await collectRows<UndeployRow>(output, context, async (done) => {
        for await (const one of undeploy(ports, standing, chosen)) {
          deleted.push(one);
          done.push(...rowsOf(one, 'deleted'));
        }
      });
      output.write(rows);
    } finally {
      for (const one of deleted.flatMap(({ stays }) => stays)) {
        const command = byHand(one);
        if (command !== undefined) say(`To take it away by hand: ${command}`);
      }
    }
    return exitCode.done;
  });
}

function rowsOf({ stack, stays }: StandingStack, result: UndeployRow['result']): readonly UndeployRow[] {
  return [
    { stack: stack.name, result },
    ...stays.map((one): UndeployRow => ({ stack: stack.name, ...one, result: 'stays' })),
  ];
}
