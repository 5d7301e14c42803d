import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../../src/local/listening.ts';
import { type RegistryStandIn, startRegistry } from './registry.ts';

export interface EcrStandIn {
  readonly endpoint: string;
  readonly registry: RegistryStandIn;
  /** Names of the repositories, with what they were created with. */
  readonly repositories: Map<string, Readonly<Record<string, unknown>>>;
  /** The codes of errors that the next calls of a name are answered with. */
  readonly errors: Map<string, string[]>;
  uriOf(repository: string): string;
  close(): Promise<void>;
}

/** A stand-in for ECR: repositories by its API, and a registry beside it. */
export async function startEcr(): Promise<EcrStandIn> {
  const registry = await startRegistry({ hasImmutableTags: true });
  const password = Buffer.from('AWS:secret').toString('base64');
  registry.authorization = `Basic ${password}`;
  const repositories = new Map<string, Readonly<Record<string, unknown>>>();
  const errors = new Map<string, string[]>();
  const uriOf = (name: string) => `000000000000.dkr.ecr.us-east-1.amazonaws.com/${name}`;
  const shown = (name: string) => ({ repositoryName: name, repositoryUri: uriOf(name) });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const input = JSON.parse(await text(request)) as Readonly<Record<string, unknown>>;
    const end = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    const fail = (code: string) => end(400, { __type: code });
    const error = errors.get(call)?.shift();
    if (error !== undefined) return void fail(error);
    const { repositoryName, repositoryNames } = input as {
      repositoryName?: string;
      repositoryNames?: string[];
    };
    const name = repositoryName ?? repositoryNames?.[0] ?? '';
    if (call === 'GetAuthorizationToken') {
      end(200, { authorizationData: [{ authorizationToken: password, proxyEndpoint: registry.origin }] });
    } else if (call === 'DescribeRepositories') {
      if (repositories.has(name)) end(200, { repositories: [shown(name)] });
      else fail('RepositoryNotFoundException');
    } else if (call === 'CreateRepository') {
      if (repositories.has(name)) return void fail('RepositoryAlreadyExistsException');
      repositories.set(name, input);
      end(200, { repository: shown(name) });
    } else {
      fail('NotImplemented');
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  const { close, endpoint } = await listening(server);
  return {
    endpoint,
    registry,
    repositories,
    errors,
    uriOf,
    async close() {
      await Promise.all([registry.close(), close()]);
    },
  };
}
