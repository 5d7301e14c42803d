import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { missingTypes } from '../../aws/cloudformation/resource-types.ts';
import { macieAdministrator, macieSession } from '../../aws/macie/account.ts';
import { existingQueues } from '../../aws/queue/existing-queues.ts';
import { RegistryError } from '../../aws/registry/registry-error.ts';
import type { SignedPlace } from '../../aws/sdk/signed-call.ts';
import { type Answers, hasMacieStack } from '../../core/deploy/answers.ts';
import { type DeployedImage, endpointOf } from '../../core/deploy/image.ts';
import { type ImageSeen, judgeImage } from '../../core/deploy/judge/judge-image.ts';
import { judgeSubnets, judgeVpcs, type Subnet } from '../../core/deploy/judge/judge-network.ts';
import { judgeAccount, judgeWantedRegion, macieTypes } from '../../core/deploy/judge/judge-place.ts';
import {
  ecsRole,
  judgeEcsRole,
  judgeNames,
  judgeTrailBefore,
} from '../../core/deploy/judge/judge-prerequisites.ts';
import { judgeWantedSession } from '../../core/deploy/judge/judge-wanted-session.ts';
import { judgeAdministrator } from '../../core/operate/doctor/judge-macie.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { ok } from '../../core/operate/doctor/verdict.ts';
import { whyUnknown } from '../doctor/why-unknown.ts';
import type { OperatorClients } from './clients.ts';
import { platformsOf } from './image-in-account.ts';

/** The resources that the checks before a deployment look at. */
export interface BeforeDeployment {
  readonly answers: Answers;
  readonly callerArn: string;
  readonly image: DeployedImage;
  readonly clients: OperatorClients;
  readonly cloudFormation: CloudFormationClient;
  /** The configuration of the client of a service, by its name in `AWS_ENDPOINT_URL_…`. */
  readonly config: (service: string) => { readonly region: string; readonly endpoint?: string };
  readonly stackExists: (template: 'data-plane' | 'macie' | 'network') => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** The checks before a deployment, in the order in which a fault of one explains those of others. */
export function deployChecks(before: BeforeDeployment): readonly Check[] {
  const { answers, callerArn, clients, stackExists } = before;
  const { account, macie, network, region } = answers;
  const needsTypes = hasMacieStack(macie) ? macieTypes : [];
  return [
    { name: 'account', judge: async () => Promise.resolve(judgeAccount(callerArn, account)) },
    {
      name: 'region',
      judge: async () =>
        judgeWantedRegion(clients.region, region, await missingTypes(before.cloudFormation, needsTypes)),
    },
    {
      name: 'macie session',
      async judge() {
        const session =
          macie === 'elsewhere' ? undefined : await macieSession(await clients.macie(clients.region));
        return judgeWantedSession(macie, session, await stackExists('macie'));
      },
    },
    {
      name: 'macie administrator',
      async judge() {
        // Macie answers only where it is enabled.
        if (macie === 'elsewhere') return ok('findings come from elsewhere');
        const client = await clients.macie(clients.region);
        if ((await macieSession(client)) === undefined) return ok('Macie is not enabled yet');
        return judgeAdministrator(await macieAdministrator(client), callerArn.split(':')[4] ?? '');
      },
    },
    {
      name: 'names',
      async judge() {
        if (await stackExists('data-plane')) return ok('the stack has them');
        return judgeNames(await existingQueues(await clients.sqs(), queueNames(answers.prefix)));
      },
    },
    {
      name: 'ecs role',
      async judge() {
        const { roleExists } = await import('../../aws/iam/role-exists.ts');
        return judgeEcsRole(await roleExists(await clients.iam(), ecsRole));
      },
    },
    {
      name: 'trail',
      async judge() {
        const { trailsOf } = await import('../../aws/cloudtrail/trails.ts');
        const trail = answers.parameters.audit?.['Trail'] ?? 'none';
        const makesTrail = answers.also.includes('audit') && trail !== 'none';
        return judgeTrailBefore(await trailsOf(await clients.trail(), whyUnknown), makesTrail);
      },
    },
    {
      name: 'network',
      async judge() {
        const { countVpcs, findSubnet } = await import('../../aws/ec2/networks.ts');
        const place = await placeOfEc2(before);
        if (network !== 'own') {
          const subnets: Subnet[] = [];
          for (const id of network.subnets) {
            const found = await findSubnet(place, id);
            subnets.push({ id, ...(found && { found }) });
          }
          return judgeSubnets(subnets);
        }
        return (await stackExists('network')) ? ok('the stack has it') : judgeVpcs(await countVpcs(place));
      },
    },
    { name: 'image', judge: async () => judgeImage(await imageSeen(before), answers.architecture) },
  ];
}

/** As data-plane.yaml names them. */
function queueNames(prefix: string): readonly string[] {
  return ['findings', 'findings-dead-letter', 'rules-dead-letter'].map((name) => `${prefix}-${name}`);
}

async function imageSeen({ config, image, signal }: BeforeDeployment): Promise<ImageSeen> {
  try {
    const platforms = await platformsOf(image.copyFrom ?? image.uri, { ecr: config('ECR'), signal });
    return { kind: 'found', platforms };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { kind: error.code === 'passing' ? 'not-asked' : 'not-found', why: error.message };
  }
}

async function placeOfEc2({ callerArn, clients, config, signal }: BeforeDeployment): Promise<SignedPlace> {
  const { endpoint, region } = config('EC2');
  const [, partition = 'aws'] = callerArn.split(':');
  return {
    service: 'ec2',
    region,
    endpoint: endpoint ?? endpointOf('ec2', { partition, region }),
    credentials: await clients.s3().config.credentials(),
    signal,
  };
}
