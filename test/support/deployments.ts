import { localAccount } from '../../src/local/account.ts';
import {
  type CloudFormationStandIn,
  startCloudFormation,
} from '../../src/local/cloudformation/start-cloudformation.ts';
import { type IamStandIn, startIam } from '../../src/local/iam.ts';
import { type LocalAws, startLocalAws } from '../../src/local/local-aws.ts';
import { type CommandRun, commandLine } from './command-line.ts';
import { type EcrStandIn, startEcr } from './ecr.ts';
import { sha256 } from './registry.ts';
import { type SmallServices, startSmallServices } from './small-services.ts';

/** The role whose credentials the stand-in for STS gives, with a path that STS does not show. */
export const callerRole = `arn:aws:iam::${localAccount}:role/pipelines/worker`;
/** The index of an image for both architectures. No check looks deeper. */
const index = Buffer.from(
  JSON.stringify({
    manifests: ['amd64', 'arm64'].map((architecture) => ({
      digest: sha256(Buffer.from(architecture)),
      size: 1,
      platform: { os: 'linux', architecture },
    })),
  }),
);
export const image = `${localAccount}.dkr.ecr.us-east-1.amazonaws.com/macie-isolator@${sha256(index)}`;

export const stackOf = (template: string) => `macie-isolator-${template}`;

/** The answers of a first deployment, as flags. */
export const firstAnswers = (
  '--alert-email privacy@example.com --source-buckets lake-raw,lake-landing --network own --macie enable ' +
  `--image ${image}`
).split(' ');

export interface Deployments {
  readonly aws: LocalAws;
  readonly cloudFormation: CloudFormationStandIn;
  readonly ecr: EcrStandIn;
  /** What the checks ask beside: EC2, CloudTrail, queues, and the role of ECS. */
  readonly services: SmallServices;
  readonly environment: Readonly<Record<string, string>>;
  run(argv: readonly string[], options?: Parameters<typeof commandLine>[2]): Promise<CommandRun>;
  /** `deploy --yes` with the answers of a first deployment. */
  deploy(...more: readonly string[]): Promise<CommandRun>;
  /** `undeploy`, which finds in its queues what the stand-in for SQS has in those of its own data plane. */
  undeploy(argv: readonly string[], options?: Parameters<typeof commandLine>[2]): Promise<CommandRun>;
  /** How often an operation of CloudFormation was called. */
  calls(operation: string): number;
  outputOf(template: string, name: string): string | undefined;
  close(): Promise<void>;
}

/** Starts what `deploy` and `undeploy` ask: CloudFormation, IAM, and the rest of AWS. */
export async function startDeployments({
  denied = [],
}: {
  readonly denied?: readonly string[];
} = {}): Promise<Deployments> {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  const [aws, iam, cloudFormation, ecr, services]: [
    LocalAws,
    IamStandIn,
    CloudFormationStandIn,
    EcrStandIn,
    SmallServices,
  ] = await Promise.all([
    startLocalAws(),
    startIam([callerRole], denied),
    startCloudFormation(),
    startEcr(),
    startSmallServices(),
  ]);
  aws.macie.account.status = 'DISABLED';
  ecr.registry.manifests.set(`macie-isolator@${sha256(index)}`, {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    bytes: index,
  });
  services.trails.push({
    name: 'organization',
    isLogging: true,
    selectors: { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'All' }] },
  });
  const environment = {
    ...aws.workerEnvironment,
    AWS_ENDPOINT_URL: services.endpoint,
    AWS_ENDPOINT_URL_SQS: services.endpoint,
    AWS_ENDPOINT_URL_ECR: ecr.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.endpoint,
    AWS_ENDPOINT_URL_IAM: iam.endpoint,
  };
  const run: Deployments['run'] = (argv, options = {}) => commandLine(argv, environment, options);
  return {
    aws,
    cloudFormation,
    ecr,
    services,
    environment,
    run,
    deploy: (...more) => run(['deploy', ...firstAnswers, '--yes', ...more]),
    undeploy: (argv, options = {}) =>
      commandLine(
        ['undeploy', ...argv],
        { ...environment, AWS_ENDPOINT_URL_SQS: aws.queues.endpoint },
        options,
      ),
    calls: (operation) => cloudFormation.calls.filter((call) => call === operation).length,
    outputOf: (template, name) => cloudFormation.stack(stackOf(template))?.content?.rendered.outputs[name],
    async close() {
      await Promise.all([aws.close(), iam.close(), cloudFormation.close(), ecr.close(), services.close()]);
    },
  };
}

/** The parameters that the stack has, by name. */
export function parametersOf(
  cloudFormation: CloudFormationStandIn,
  template: string,
): Readonly<Record<string, string>> {
  return cloudFormation.stack(stackOf(template))?.content?.parameters ?? {};
}
