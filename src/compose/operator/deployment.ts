import { setTimeout as pause } from 'node:timers/promises';
import type { ECRClientConfig } from '@aws-sdk/client-ecr';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { createStacks } from '../../aws/cloudformation/stacks.ts';
import { messagesIn, queueDepth } from '../../aws/queue/queue-depth.ts';
import { bucketExists } from '../../aws/s3/bucket/bucket-exists.ts';
import { awsErrorName, errorClassOf } from '../../aws/sdk/aws-errors.ts';
import { commandTimeouts } from '../../aws/sdk/command-timeouts.ts';
import { pinnedOfOthers } from '../../aws/sdk/pinned.ts';
import { type Answers, defaultPrefix, type GivenAnswers } from '../../core/deploy/answers.ts';
import { answersOfStacks } from '../../core/deploy/answers-of-stacks.ts';
import { assumedRoleName, roleNamed } from '../../core/deploy/caller-role.ts';
import type { DeployedImage } from '../../core/deploy/image.ts';
import { stackName, type TemplateName, templateOrder } from '../../core/deploy/installation.ts';
import type { DeployReport } from '../../core/deploy/stack/deploy-ports.ts';
import { StackProblem } from '../../core/deploy/stack/stack-problem.ts';
import { stateOf } from '../../core/deploy/stack/stack-status.ts';
import type { Stack } from '../../core/deploy/stack/stacks.ts';
import type { UndeployPorts } from '../../core/deploy/undeploy.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import type { OperatorClients } from './clients.ts';
import { deployChecks } from './deploy-checks.ts';
import { templatesFor } from './templates.ts';

/** The endpoints of stand-ins, by the names of the SDK. */
type Environment = Readonly<Record<string, string | undefined>>;

export interface Deployment {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  /** The configuration of the client of ECR. */
  readonly ecr: ECRClientConfig;
  readonly callerArn: string;
  /**
   * Returns the whole ARN of the role whose credentials are used, or nothing if they are not those of a role. `known` are
   * roles by their whole ARNs.
   */
  callerRole(known: readonly string[]): Promise<string | undefined>;
  /** The answers with which the stacks of this prefix were deployed. */
  answersOfStacks(given: GivenAnswers): Promise<GivenAnswers>;
  /** The checks before a deployment. */
  checks(answers: Answers, image: DeployedImage, signal: AbortSignal): readonly Check[];
  ports(report: DeployReport, signal: AbortSignal): UndeployPorts;
  close(): void;
}

/** Composes what a deployment needs of AWS. The region and the endpoint of a stand-in come from the clients. */
export async function openDeployment(clients: OperatorClients, env: Environment): Promise<Deployment> {
  const config = (service: string) => {
    const endpoint = env[`AWS_ENDPOINT_URL_${service}`]?.trim() || clients.endpoint;
    const requestHandler = commandTimeouts();
    return {
      region: clients.region,
      requestHandler,
      ...pinnedOfOthers,
      ...(endpoint !== undefined && { endpoint }),
    };
  };
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  // CloudFormation throttles an account that is watched by several commands.
  const client = new CloudFormationClient({ ...config('CLOUDFORMATION'), maxAttempts: 10 });
  const callerArn = await clients.callerArn();
  const [, partition = 'aws', , , account = ''] = callerArn.split(':');
  const template = templatesFor({ account, partition, region: clients.region });
  const stacks = createStacks(client);
  return {
    account,
    partition,
    region: clients.region,
    ecr: config('ECR'),
    callerArn,
    callerRole: async (known) => roleNamed(known, callerArn) ?? (await roleOf(callerArn, config('IAM'))),
    async answersOfStacks({ prefix = defaultPrefix }) {
      const found = new Map<TemplateName, Stack>();
      for (const name of templateOrder) {
        const stack = await stacks.find(stackName(String(prefix), name));
        if (stack !== undefined) found.set(name, stack);
      }
      return answersOfStacks(found);
    },
    checks: (answers, image, signal) =>
      deployChecks({
        answers,
        callerArn,
        image,
        clients,
        cloudFormation: client,
        config,
        stackExists: async (name) => {
          const stack = await stacks.find(stackName(answers.prefix, name));
          // A stack that was never created, or whose creation failed, holds nothing.
          return stack !== undefined && stateOf(stack.name, stack.status).kind !== 'dead';
        },
        signal,
      }),
    ports: (report, signal) => ({
      stacks,
      template,
      bucketExists: (name) => bucketExists(clients.s3(), name),
      report,
      now: Date.now,
      pause: (ms, during) => pause(ms, undefined, { signal: during }),
      signal,
      messagesIn: async (queueUrl) => waitingIn(await clients.sqs(), queueUrl),
    }),
    close: () => client.destroy(),
  };
}

/** The path of a role stands only in IAM. A wrong ARN in a policy would keep everybody out, so none is guessed. */
async function roleOf(callerArn: string, config: { readonly region: string }): Promise<string | undefined> {
  const name = assumedRoleName(callerArn);
  if (name === undefined) return undefined;
  const { IAMClient } = await import('@aws-sdk/client-iam');
  const { readRoleArn } = await import('../../aws/iam/role-arn.ts');
  const client = new IAMClient(config);
  try {
    return await readRoleArn(client, name);
  } catch (error) {
    if (errorClassOf(error).kind !== 'denied' && awsErrorName(error) !== 'NoSuchEntityException') throw error;
    throw new StackProblem(
      `IAM does not show the role ${name} (iam:GetRole), so its whole ARN is unknown, and DeployRoleArns cannot name it. ` +
        'Allow the role to read itself, or name it by --deploy-roles, with its path.',
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

/** A deletion that failed can have taken the queue already. */
async function waitingIn(client: SQSClient, queueUrl: string): Promise<number> {
  try {
    return messagesIn(await queueDepth(client, queueUrl));
  } catch (error) {
    if (/QueueDoesNotExist|NonExistentQueue/.test(awsErrorName(error))) return 0;
    throw error;
  }
}
