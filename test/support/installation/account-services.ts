import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf, listening } from '../../../src/local/listening.ts';

import { metricData, type RunningService, serviceOperations } from './running-service.ts';

type Json = Readonly<Record<string, unknown>>;

export interface RuleState {
  readonly name: string;
  isEnabled: boolean;
  readonly pattern: unknown;
  targets: readonly Json[];
}

/** What IAM, KMS, CloudTrail, EventBridge, CloudFormation, ECS and CloudWatch know of one account. Tests change it. */
export interface AccountState {
  key: { arn: string; state: string; rotates: boolean; policy: string };
  trails: { name: string; isLogging: boolean; selectors: readonly Json[] }[];
  rules: RuleState[];
  readonly stacks: Map<string, Readonly<Record<string, string>>>;
  readonly running: RunningService;
  /** Actions that the simulation does not allow. */
  readonly notAllowed: Set<string>;
  /** Calls that the caller may not make, by their actions. */
  readonly denied: Set<string>;
}

export interface AccountServices {
  readonly endpoint: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const services: Readonly<Record<string, string>> = {
  TrentService: 'kms',
  'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101': 'cloudtrail',
  CloudTrail_20131101: 'cloudtrail',
  AWSEvents: 'events',
  AmazonEC2ContainerServiceV20141113: 'ecs',
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
};

/** One server for all of them: what a call wants is in its header, or in its form. */
export async function startAccountServices(state: AccountState): Promise<AccountServices> {
  const answer = async (incoming: IncomingMessage): Promise<Answer> => {
    const body = await bodyOf(incoming);
    const target = String(incoming.headers['x-amz-target'] ?? '');
    if (target === '') return queryAnswer(new URLSearchParams(body), state);
    const dot = target.lastIndexOf('.');
    const operation = target.slice(dot + 1);
    const action = `${services[target.slice(0, dot)] ?? '?'}:${operation}`;
    if (state.denied.has(action))
      return json(400, { __type: 'AccessDeniedException', message: denialOf(action) });
    const perform = jsonOperations[operation];
    if (perform === undefined) return json(501, { __type: 'UnknownOperationException' });
    return json(200, perform(JSON.parse(body || '{}') as Json, state));
  };
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    void answer(incoming).then(({ status, text, type }) =>
      response.writeHead(status, { 'content-type': type }).end(text),
    );
  });
  return listening(server);
}

const trailOf = (name: unknown, { trails }: AccountState) =>
  trails.find((each) => String(name).endsWith(each.name));
const ruleOf = (name: unknown, { rules }: AccountState) => rules.find((each) => each.name === name);

const jsonOperations: Readonly<Record<string, (input: Json, state: AccountState) => Json>> = {
  DescribeKey: (_, { key }) => ({
    KeyMetadata: {
      KeyId: key.arn,
      Arn: key.arn,
      KeyState: key.state,
      KeyManager: 'CUSTOMER',
      Origin: 'AWS_KMS',
    },
  }),
  GetKeyPolicy: (_, { key }) => ({ Policy: key.policy, PolicyName: 'default' }),
  GetKeyRotationStatus: (_, { key }) => ({ KeyRotationEnabled: key.rotates }),
  DescribeTrails: (_, { trails }) => ({
    trailList: trails.map(({ name }) => ({
      Name: name,
      TrailARN: `arn:aws:cloudtrail:us-east-1:0:trail/${name}`,
    })),
  }),
  GetTrailStatus: ({ Name }, state) => ({ IsLogging: trailOf(Name, state)?.isLogging === true }),
  GetEventSelectors: ({ TrailName }, state) => ({
    AdvancedEventSelectors: trailOf(TrailName, state)?.selectors ?? [],
  }),
  ListRuleNamesByTarget: ({ TargetArn }, { rules }) => ({
    RuleNames: rules
      .filter(({ targets }) => targets.some(({ Arn }) => Arn === TargetArn))
      .map(({ name }) => name),
  }),
  DescribeRule({ Name }, state) {
    const rule = ruleOf(Name, state);
    return {
      Name,
      State: rule?.isEnabled ? 'ENABLED' : 'DISABLED',
      EventPattern: JSON.stringify(rule?.pattern ?? {}),
    };
  },
  ...Object.fromEntries(
    Object.entries(serviceOperations).map(([operation, perform]) => [
      operation,
      (input: Json, { running }: AccountState) => perform(input, running),
    ]),
  ),
  ListTargetsByRule: ({ Rule }, state) => ({ Targets: ruleOf(Rule, state)?.targets ?? [] }),
};

function queryAnswer(form: URLSearchParams, state: AccountState): Answer {
  const operation = form.get('Action') ?? '';
  const service = { DescribeStacks: 'cloudformation', GetMetricData: 'cloudwatch' }[operation] ?? 'iam';
  const action = `${service}:${operation}`;
  if (state.denied.has(action)) return queryError(403, 'AccessDenied', denialOf(action));
  switch (operation) {
    case 'DescribeStacks': {
      const outputs = state.stacks.get(form.get('StackName') ?? '');
      if (outputs === undefined) return queryError(400, 'ValidationError', 'Stack does not exist');
      const members = Object.entries(outputs).map(
        ([name, value]) =>
          `<member><OutputKey>${name}</OutputKey><OutputValue>${escaped(value)}</OutputValue></member>`,
      );
      return xml(200, operation, `<Stacks><member><Outputs>${members.join('')}</Outputs></member></Stacks>`);
    }
    case 'GetMetricData':
      return xml(200, operation, metricData(form, state.running));
    case 'SimulatePrincipalPolicy': {
      const actions = [...form]
        .filter(([name]) => name.startsWith('ActionNames.member'))
        .map(([, value]) => value);
      const results = actions.map(
        (name) =>
          `<member><EvalActionName>${name}</EvalActionName><EvalDecision>${state.notAllowed.has(name) ? 'implicitDeny' : 'allowed'}</EvalDecision></member>`,
      );
      return xml(
        200,
        operation,
        `<IsTruncated>false</IsTruncated><EvaluationResults>${results.join('')}</EvaluationResults>`,
      );
    }
    default:
      return queryError(501, 'UnknownOperation', operation);
  }
}

export function denialOf(action: string): string {
  return `User: arn:aws:sts::000000000000:assumed-role/worker/local is not authorized to perform: ${action} on resource: * because no identity-based policy allows the ${action} action`;
}

const json = (status: number, body: Json): Answer => ({
  status,
  type: 'application/x-amz-json-1.1',
  text: JSON.stringify(body),
});

const xml = (status: number, operation: string, result: string): Answer => ({
  status,
  type: 'text/xml',
  text: `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`,
});

const queryError = (status: number, code: string, message: string): Answer => ({
  status,
  type: 'text/xml',
  text: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
