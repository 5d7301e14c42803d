import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../../src/local/listening.ts';

export interface SmallServices {
  readonly endpoint: string;
  /** The zone of each subnet that exists. */
  readonly subnets: Map<string, string>;
  vpcs: number;
  readonly roles: Set<string>;
  /** Types of CloudFormation that the region does not have. */
  readonly missingTypes: Set<string>;
  readonly trails: {
    name: string;
    isLogging: boolean;
    selectors: Readonly<Record<string, unknown>>;
  }[];
  /** The code of an error, by the name of the call. */
  readonly errors: Map<string, string>;
  /** The Authorization headers of all calls. */
  readonly signatures: string[];
  close(): Promise<void>;
}

/** Stands in for the few calls to EC2, IAM, SQS, CloudTrail and CloudFormation that the checks before a deployment make. */
export async function startSmallServices(): Promise<SmallServices> {
  const state = {
    subnets: new Map<string, string>(),
    vpcs: 1,
    roles: new Set(['AWSServiceRoleForECS']),
    missingTypes: new Set<string>(),
    trails: [] as SmallServices['trails'],
    errors: new Map<string, string>(),
    signatures: [] as string[],
  };
  const trailNamed = (name: unknown) => state.trails.find((trail) => trail.name === name);
  const json = (call: string, input: Readonly<Record<string, unknown>>): unknown => {
    if (call === 'GetQueueUrl') return undefined;
    if (call === 'DescribeTrails') return { trailList: state.trails.map(({ name }) => ({ Name: name })) };
    if (call === 'GetTrailStatus') return { IsLogging: trailNamed(input['Name'])?.isLogging };
    return trailNamed(input['TrailName'])?.selectors;
  };
  const xml = (call: string | null, form: URLSearchParams): string | undefined => {
    if (call === 'DescribeVpcs') {
      const items = Array.from(
        { length: state.vpcs },
        (_, each) => `<item><vpcId>vpc-${each}</vpcId></item>`,
      );
      return `<DescribeVpcsResponse><vpcSet>${items.join('')}</vpcSet></DescribeVpcsResponse>`;
    }
    if (call === 'DescribeSubnets') {
      const zone = state.subnets.get(form.get('SubnetId.1') ?? '');
      if (zone === undefined) return undefined;
      const item = `<item><vpcId>vpc-1</vpcId><availabilityZone>${zone}</availabilityZone><tagSet/></item>`;
      return `<DescribeSubnetsResponse><subnetSet>${item}</subnetSet></DescribeSubnetsResponse>`;
    }
    if (call === 'GetRole') {
      const name = form.get('RoleName') ?? '';
      if (!state.roles.has(name)) return undefined;
      const role = `<Role><RoleName>${name}</RoleName><Arn>arn:aws:iam::000000000000:role/${name}</Arn></Role>`;
      return `<GetRoleResponse><GetRoleResult>${role}</GetRoleResult></GetRoleResponse>`;
    }
    if (state.missingTypes.has(form.get('TypeName') ?? '')) return undefined;
    return '<DescribeTypeResponse><DescribeTypeResult><TypeName>AWS::Macie::Session</TypeName></DescribeTypeResult></DescribeTypeResponse>';
  };
  const answerJson = (target: string, body: string, response: ServerResponse): void => {
    const call = target.split('.').at(-1) ?? '';
    const code = state.errors.get(call) ?? (call === 'GetQueueUrl' ? 'QueueDoesNotExist' : undefined);
    const content = code === undefined ? json(call, JSON.parse(body) as {}) : { __type: code };
    response.writeHead(code === undefined ? 200 : 400).end(JSON.stringify(content));
  };
  const answerXml = (form: URLSearchParams, response: ServerResponse): void => {
    const call = form.get('Action') ?? '';
    const absent =
      { DescribeSubnets: 'InvalidSubnetID.NotFound', GetRole: 'NoSuchEntity' }[call] ??
      'TypeNotFoundException';
    const code = state.errors.get(call);
    const answer = code === undefined ? xml(call, form) : undefined;
    const error = `<Error><Code>${code ?? absent}</Code><Message>-</Message></Error>`;
    response
      .writeHead(answer === undefined ? 400 : 200, { 'content-type': 'text/xml' })
      .end(answer ?? `<R><Errors>${error}</Errors>${error}</R>`);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    state.signatures.push(request.headers.authorization ?? '');
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') answerJson(target, body, response);
    else answerXml(new URLSearchParams(body), response);
  };
  const server = createServer((request, response) => void answer(request, response));
  return Object.assign(state, await listening(server));
}
