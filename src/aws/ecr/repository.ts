import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  type ECRClientConfig,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import { valueOf } from '../sdk/answered.ts';

/** A repository of the account, and what opens its registry. */
export interface EcrRepository {
  /** As ECS names it, without scheme: `111122223333.dkr.ecr.eu-central-1.amazonaws.com/macie-isolator`. */
  readonly uri: string;
  /** Where the registry is reached. */
  readonly origin: string;
  /** Returns the Authorization header of the registry. It holds for twelve hours. */
  authorization(): Promise<string>;
}

export function createEcrClient(config: ECRClientConfig): ECRClient {
  return new ECRClient(config);
}

/** Returns the name that ECS uses, or `undefined` if the repository does not exist. Errors of the SDK are passed on. */
export async function repositoryUri(client: ECRClient, name: string): Promise<string | undefined> {
  try {
    const { repositories } = await client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }));
    // ECR answers an error where there is no such repository, and never an empty list.
    return valueOf(repositories?.[0]?.repositoryUri, 'DescribeRepositories', 'URI');
  } catch (error) {
    if (error instanceof Error && error.name === 'RepositoryNotFoundException') return undefined;
    throw error;
  }
}

/** Creates the repository, unless it exists. Tags are immutable, so that nobody puts another image under a name. */
export async function ensureRepository(client: ECRClient, name: string): Promise<EcrRepository> {
  const uri = (await repositoryUri(client, name)) ?? (await create(client, name));
  const { endpoint } = await authorizationData(client);
  return { uri, origin: endpoint, authorization: () => ecrAuthorization(client) };
}

export async function ecrAuthorization(client: ECRClient): Promise<string> {
  return `Basic ${(await authorizationData(client)).token}`;
}

/** Where the registry of the caller's account is reached. */
export async function registryOrigin(client: ECRClient): Promise<string> {
  return (await authorizationData(client)).endpoint;
}

async function create(client: ECRClient, name: string): Promise<string> {
  try {
    const { repository } = await client.send(
      new CreateRepositoryCommand({
        repositoryName: name,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        tags: [{ Key: 'service', Value: 'macie-isolator' }],
      }),
    );
    return valueOf(repository?.repositoryUri, 'CreateRepository', 'URI');
  } catch (error) {
    const isThere = error instanceof Error && error.name === 'RepositoryAlreadyExistsException';
    const uri = isThere ? await repositoryUri(client, name) : undefined;
    if (uri === undefined) throw error;
    return uri;
  }
}

async function authorizationData(client: ECRClient): Promise<{ token: string; endpoint: string }> {
  const { authorizationData: [data] = [] } = await client.send(new GetAuthorizationTokenCommand({}));
  return {
    token: valueOf(data?.authorizationToken, 'GetAuthorizationToken', 'token'),
    endpoint: valueOf(data?.proxyEndpoint, 'GetAuthorizationToken', 'endpoint'),
  };
}
