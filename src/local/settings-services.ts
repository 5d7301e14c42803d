import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf, listening } from './listening.ts';

/** Stand-ins for the two services from which settings can be read. */
export interface SettingsServices {
  readonly endpoint: string;
  /** Gives a parameter another value and the next version. */
  putParameter(name: string, value: string): void;
  /** Deletes a parameter and makes it anew with this value, and so with version 1. */
  replaceParameter(name: string, value: string): void;
  close(): Promise<void>;
}

/** SSM knows only GetParametersByPath and GetParameter, and CloudFormation only DescribeStacks. */
export async function startSettingsServices(content: {
  /** Values by the full name of the parameter. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Outputs by the name of the stack. */
  readonly stacks: Readonly<Record<string, Readonly<Record<string, string>>>>;
}): Promise<SettingsServices> {
  const parameters = (body: string) => {
    const { Path = '', NextToken } = JSON.parse(body) as { Path?: string; NextToken?: string };
    const names = Object.keys(content.parameters).filter(
      (name) => name.slice(0, name.lastIndexOf('/')) === Path.replace(/\/$/, ''),
    );
    // A page has two parameters, so that the caller must page.
    const start = Number(NextToken ?? 0);
    const page = names.slice(start, start + 2);
    return JSON.stringify({
      Parameters: page.map((Name) => ({ Name, Type: 'String', Value: content.parameters[Name] })),
      ...(start + 2 < names.length && { NextToken: String(start + 2) }),
    });
  };
  const versions = new Map<string, number>();
  const changed = new Map<string, string>();
  const parameter = (body: string): { status: number; text: string } => {
    const { Name = '' } = JSON.parse(body) as { Name?: string };
    const Value = changed.get(Name) ?? content.parameters[Name];
    if (Value === undefined) return { status: 400, text: JSON.stringify({ __type: 'ParameterNotFound' }) };
    const Version = versions.get(Name) ?? 1;
    return { status: 200, text: JSON.stringify({ Parameter: { Name, Type: 'String', Value, Version } }) };
  };
  const stacks = (body: string): { status: number; text: string } => {
    const name = new URLSearchParams(body).get('StackName') ?? '';
    const outputs = content.stacks[name];
    if (outputs === undefined) {
      const error = `<Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error>`;
      return { status: 400, text: `<ErrorResponse>${error}</ErrorResponse>` };
    }
    const members = Object.entries(outputs).map(
      ([key, value]) =>
        `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('&', '&amp;')}</OutputValue></member>`,
    );
    const stack = `<member><StackName>${name}</StackName><Outputs>${members.join('')}</Outputs></member>`;
    const result = `<DescribeStacksResult><Stacks>${stack}</Stacks></DescribeStacksResult>`;
    return { status: 200, text: `<DescribeStacksResponse>${result}</DescribeStacksResponse>` };
  };
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const target = incoming.headers['x-amz-target'];
    if (target === 'AmazonSSM.GetParametersByPath') {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(parameters(body));
      return;
    }
    if (target === 'AmazonSSM.GetParameter') {
      const { status, text } = parameter(body);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
      return;
    }
    const isKnown = new URLSearchParams(body).get('Action') === 'DescribeStacks';
    const { status, text } = isKnown ? stacks(body) : { status: 501, text: '<ErrorResponse/>' };
    response.writeHead(status, { 'content-type': 'text/xml' }).end(text);
  };
  const server = createServer((incoming, response) => void answer(incoming, response));
  return {
    ...(await listening(server)),
    putParameter(name, value) {
      changed.set(name, value);
      versions.set(name, (versions.get(name) ?? 1) + 1);
    },
    replaceParameter(name, value) {
      changed.set(name, value);
      versions.set(name, 1);
    },
  };
}
