import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf, type Listening, listening } from '../../../src/local/listening.ts';

export interface BothClouds extends Listening {
  /** The calls in order, with the name of their stack if they have one, such as `CreateChangeSet trial-service`. */
  readonly calls: readonly string[];
  /** Resolves when that call was carried out. Its caller has no answer yet. */
  carriedOut(call: string): Promise<void>;
}

/**
 * One CloudFormation made of two: the stacks that `isOnLocalStack` names are LocalStack's, all others are the stand-in's, and so is
 * what is asked about no stack.
 */
export async function startBothClouds(
  endpoints: { readonly localStack: string; readonly standIn: string },
  isOnLocalStack: (stack: string) => boolean,
): Promise<BothClouds> {
  const calls: string[] = [];
  const told = new EventEmitter();
  /** The stack of each change set, whose ARN does not name it. */
  const stackOfChangeSet = new Map<string, string>();
  const stackOf = (form: URLSearchParams): string => {
    const named = form.get('StackName') ?? stackOfChangeSet.get(form.get('ChangeSetName') ?? '') ?? '';
    return named.startsWith('arn:') ? (named.split('/')[1] ?? '') : named;
  };
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const form = new URLSearchParams(body);
    const action = form.get('Action') ?? '';
    const stack = stackOf(form);
    // Only stacks with queues are looked for among the deleted ones, and LocalStack has them.
    const there = isOnLocalStack(stack) || action === 'ListStacks' ? endpoints.localStack : endpoints.standIn;
    const { authorization = '', 'content-type': type = '' } = incoming.headers;
    const answered = await fetch(there, {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body,
    });
    const text = await answered.text();
    if (action === 'CreateChangeSet') {
      const [, id] = /<Id>([^<]+)<\/Id>/.exec(text) ?? [];
      if (id !== undefined) stackOfChangeSet.set(id, stack);
    }
    const call = `${action} ${stack}`.trimEnd();
    calls.push(call);
    told.emit(call);
    response.writeHead(answered.status, { 'content-type': 'text/xml' }).end(text);
  };
  const server = createServer((incoming, response) => {
    void answer(incoming, response).catch((error: unknown) => response.destroy(error as Error));
  });
  return {
    ...(await listening(server)),
    calls,
    async carriedOut(call) {
      await once(told, call);
    },
  };
}
