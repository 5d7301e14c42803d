import { type Deployment, openDeployment } from '../../compose/operator/deployment.ts';
import type { Answers } from '../../core/deploy/answers.ts';
import { deployRoles } from '../../core/deploy/caller-role.ts';
import { deployInstallation } from '../../core/deploy/deploy-installation.ts';
import { type DeployedImage, imageToDeploy, noImage } from '../../core/deploy/image.ts';
import { stackName, type WantedStack, wantedStacks } from '../../core/deploy/installation.ts';
import { leftOutStacks, leftOutText } from '../../core/deploy/left-behind.ts';
import { nextSteps } from '../../core/deploy/next-steps.ts';
import { type PlannedStack, planInstallation } from '../../core/deploy/plan-installation.ts';
import type { DeployPorts } from '../../core/deploy/stack/deploy-ports.ts';
import type { DeployedStack } from '../../core/deploy/stack/deploy-stack.ts';
import { releasedImage } from '../../version.ts';
import { isConfirmed } from '../frame/ask.ts';
import { collectRows } from '../frame/collect-rows.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type Column, type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import { openOperator, type PlaceFlags } from '../open-operator.ts';
import type { AnswerFlags } from './answer-flags.ts';
import { answersFile } from './answers-file.ts';
import { bringImage } from './bring-image.ts';
import { acceptUnknown, checkFirst, refusalOfChecks } from './check-first.ts';
import { answersGiven, collectAnswers } from './collect-answers.ts';
import { planColumns, planRows, planText } from './plan-text.ts';
import { reportOn } from './report.ts';
import { stoppable } from './stoppable.ts';
import { refuseUselessAnswers } from './useless-answers.ts';

export interface DeployFlags extends PlaceFlags, OutputFlags, AnswerFlags {
  readonly plan?: boolean;
  readonly allowReplacement?: readonly string[];
  readonly yes?: boolean;
  readonly acceptUnknown?: boolean;
}

const columns: readonly Column<DeployedStack>[] = [
  { name: 'stack', title: 'STACK', value: ({ wanted }) => wanted.name },
  { name: 'result', title: 'RESULT', value: ({ result }) => result },
];

/** Deploys the stacks of an installation, after it has shown what it will do. */
export async function runDeploy(flags: DeployFlags, context: CommandContext): Promise<ExitCode> {
  const { atEnd, signal, terminal } = context;
  const plans = openOutput(terminal, planColumns, flags.plan ? flags : {});
  const results = openOutput(terminal, columns, flags.plan ? {} : flags);
  const given = await answersGiven(flags);
  const save = flags.writeAnswers === undefined ? undefined : await answersFile(flags.writeAnswers, context);
  const { clients, env } = await openOperator(flags, context, []);
  const report = reportOn(terminal);
  return stoppable('deploy', report, context, async () => {
    const deployment = await openDeployment(clients, env);
    atEnd(() => deployment.close());
    const ports = deployment.ports(report, signal);
    const answers = await collectAnswers(given, terminal, signal, deployment.answersOfStacks);
    refuseUselessAnswers(answers, given.given, ports);
    const { account, region } = deployment;
    await save?.({ account, region, ...answers });
    const repository = answers.prefix;
    const image = await imageOf(answers, deployment, ports, repository);
    const wanted = await wantedOf(answers, image.uri, deployment, ports);
    const allowed = flags.allowReplacement ?? [];
    terminal.err.write(`Account ${account}, region ${region}\n`);
    const checked = await checkFirst(deployment.checks(answers, image, signal), context);
    const wrong = refusalOfChecks(checked);
    if (wrong !== undefined && !flags.plan) throw new CommandError(wrong);
    const planned: PlannedStack[] = [];
    for await (const one of planInstallation(ports, wanted, allowed)) {
      planned.push(one);
      if (!flags.plan) terminal.err.write(planText(one));
    }
    for (const { left = [], wanted: one } of planned) {
      for (const resource of left) report.leaves(one.name, resource);
    }
    const leftOut = await leftOutStacks(ports, answers.prefix, wanted);
    for (const name of leftOut) terminal.err.write(`${visible(leftOutText(name))}\n`);
    if (flags.plan) {
      const stay = leftOut.map((stack) => ({ stack, step: 'left-out' as const }));
      plans.write([...planned.flatMap(planRows), ...stay]);
    }
    const refusals = planned.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
    if (refusals.length > 0) throw new CommandError(refusals.map(visible).join('\n'));
    const hasChanges = planned.some(({ step }) => step !== 'up-to-date');
    if (flags.plan) {
      if (wrong !== undefined) throw new CommandError(wrong);
      return hasChanges ? exitCode.found : exitCode.done;
    }
    await acceptUnknown(checked, flags, context);
    if (
      hasChanges &&
      !(await isConfirmed(terminal, questionOf(planned), flags, signal, 'or --plan to look'))
    ) {
      terminal.err.write('Nothing was changed.\n');
      return exitCode.failed;
    }
    await bringImage(image, { ecr: deployment.ecr, repository, signal }, terminal);
    const done = await collectRows<DeployedStack>(results, context, async (rows) => {
      for await (const one of deployInstallation(ports, wanted, allowed)) rows.push(one);
    });
    results.write(done);
    terminal.err.write(
      nextSteps(answers, done)
        .map((line) => `${visible(line)}\n`)
        .join(''),
    );
    return exitCode.done;
  });
}

/** The running image is deployed again only where neither a person nor this version names another one. */
async function imageOf(
  answers: Answers,
  { account, partition, region }: Deployment,
  { stacks }: DeployPorts,
  repository: string,
): Promise<DeployedImage> {
  const service = await stacks.find(stackName(answers.prefix, 'service'));
  const choice = { chosen: answers.image, released: releasedImage, running: service?.parameters['ImageUri'] };
  const image = imageToDeploy(choice, { account, partition, region }, repository);
  if (image === undefined) throw usageError(noImage);
  return image;
}

async function wantedOf(
  answers: Answers,
  image: string,
  deployment: Deployment,
  { stacks }: DeployPorts,
): Promise<readonly WantedStack[]> {
  const roles = deployRoles({
    callerArn: deployment.callerArn,
    callerRole: await deployment.callerRole(answers.deployRoles),
    chosen: answers.deployRoles,
    dataPlane: await stacks.find(stackName(answers.prefix, 'data-plane')),
  });
  return wantedStacks({ answers, image, deployRoles: roles });
}

function questionOf(planned: readonly PlannedStack[]): string {
  const count = planned.filter(({ step }) => step !== 'up-to-date').length;
  return `Deploy ${count === 1 ? 'this stack' : `these ${count} stacks`}?`;
}
