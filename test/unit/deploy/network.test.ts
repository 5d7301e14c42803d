import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../support/authorize.ts';
import { memberAccount, organization, region, workerAccount } from '../../support/deployed.ts';
import { renderTemplate } from '../../support/rendered-template.ts';

const render = (parameters: Readonly<Record<string, string>> = {}) =>
  renderTemplate('network.yaml', workerAccount, region, {
    WithEvents: 'yes',
    WithPrometheus: 'yes',
    ...parameters,
  });
const endpointsOf = (parameters: Readonly<Record<string, string>> = {}) =>
  render(parameters).resources.filter(({ type }) => type === 'AWS::EC2::VPCEndpoint');
const serviceOf = (properties: Readonly<Record<string, unknown>>) =>
  String(properties['ServiceName']).replace(`com.amazonaws.${region}.`, '');

describe('the endpoints', () => {
  it('are of the services that have a client here; S3, SNS and SQS ask KMS themselves', () => {
    const services = endpointsOf().map(({ properties }) => serviceOf(properties));

    expect(services.sort()).toEqual(
      [
        's3',
        'sqs',
        'sns',
        'sts',
        'ssm',
        'ecr.api',
        'ecr.dkr',
        'logs',
        'macie2',
        'events',
        'aps-workspaces',
        'ecs',
      ].sort(),
    );
  });

  it.each(endpointsOf().map(({ logicalId, properties }) => [logicalId, properties] as const))(
    '%s has a policy whose every statement has a condition, or names what it admits',
    (_, properties) => {
      const { Statement } = properties['PolicyDocument'] as Policy;

      expect(Statement.length).toBeGreaterThan(0);
      for (const statement of Statement) {
        expect('Condition' in statement || statement.Resource !== '*', statement.Sid).toBe(true);
      }
    },
  );
});

interface Call {
  readonly action: string;
  readonly resource: string;
  readonly owner: string;
  readonly as: string;
  readonly ofOrganization?: string;
  readonly resourceOrganization?: string;
}

/** What the policy of an endpoint says of somebody whose own policies allow everything. */
async function verdict(service: string, call: Call, parameters: Readonly<Record<string, string>> = {}) {
  const endpoint = endpointsOf(parameters).find(({ properties }) => serviceOf(properties) === service);
  if (!endpoint) throw new Error(`no endpoint of ${service}`);
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
  const root = { AWS: `arn:aws:iam::${call.as}:root` };
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${call.as}:role/anybody`,
        action: call.action,
        resource: { resource: call.resource, accountId: call.owner },
        contextVariables: {
          'aws:PrincipalAccount': call.as,
          'aws:ResourceAccount': call.owner,
          ...(call.ofOrganization && { 'aws:PrincipalOrgID': call.ofOrganization }),
          ...(call.resourceOrganization && { 'aws:ResourceOrgID': call.resourceOrganization }),
        },
      },
      identityPolicies: [{ name: 'all', policy: { Version: '2012-10-17', Statement: [everything] } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: { Version: '2012-10-17', Statement: [{ ...everything, Principal: root }] },
      vpcEndpointPolicies: [{ name: 'endpoint', policy: endpoint.properties['PolicyDocument'] }],
    },
    {},
  );
  if (answer.resultType !== 'single') throw new Error(JSON.stringify(answer));
  return answer.overallResult === 'Allowed' ? 'Allowed' : 'Denied';
}

const stranger = '333333333333';
const get = (bucket: string, owner: string, as: string, more: Partial<Call> = {}): Call => ({
  action: 's3:GetObject',
  resource: `arn:aws:s3:::${bucket}/k`,
  owner,
  as,
  ...more,
});
const inOrganization = { ofOrganization: organization, resourceOrganization: organization };
const withOrganization = { OrganizationId: organization };
const pull = (account: string, repository: string): Call => ({
  action: 'ecr:BatchGetImage',
  resource: `arn:aws:ecr:${region}:${account}:repository/${repository}`,
  owner: account,
  as: workerAccount,
});

describe('the policy of an endpoint', () => {
  it.each<[string, string, Call, Record<string, string>, 'Allowed' | 'Denied']>([
    ['own credentials at an own bucket', 's3', get('lake', workerAccount, workerAccount), {}, 'Allowed'],
    ['own credentials at the bucket of a stranger', 's3', get('drop', stranger, workerAccount), {}, 'Denied'],
    ['credentials of a stranger', 's3', get('lake', workerAccount, stranger), {}, 'Denied'],
    ['those of a stranger at his bucket', 's3', get('drop', stranger, stranger), {}, 'Denied'],
    [
      'a member role at its bucket, in the organization',
      's3',
      get('member', memberAccount, memberAccount, inOrganization),
      withOrganization,
      'Allowed',
    ],
    [
      'a member role at the bucket of a stranger',
      's3',
      get('drop', stranger, memberAccount, { ofOrganization: organization }),
      withOrganization,
      'Denied',
    ],
    [
      'layers of an image',
      's3',
      get(`prod-${region}-starport-layer-bucket`, stranger, stranger),
      {},
      'Allowed',
    ],
    ['an own image', 'ecr.api', pull(workerAccount, 'macie-isolator'), {}, 'Allowed'],
    ['an image of a stranger', 'ecr.api', pull(stranger, 'macie-isolator'), {}, 'Denied'],
    ['the agent of GuardDuty', 'ecr.dkr', pull(stranger, 'aws-guardduty-agent-fargate'), {}, 'Allowed'],
    [
      'sending to the queue of a stranger',
      'sqs',
      {
        action: 'sqs:SendMessage',
        resource: `arn:aws:sqs:${region}:${stranger}:drop`,
        owner: stranger,
        as: workerAccount,
      },
      {},
      'Denied',
    ],
    [
      'receiving from the own queue',
      'sqs',
      {
        action: 'sqs:ReceiveMessage',
        resource: `arn:aws:sqs:${region}:${workerAccount}:macie-isolator-findings`,
        owner: workerAccount,
        as: workerAccount,
      },
      {},
      'Allowed',
    ],
    [
      'assuming a role of the organization',
      'sts',
      {
        action: 'sts:AssumeRole',
        resource: `arn:aws:iam::${memberAccount}:role/macie-isolator-member`,
        owner: memberAccount,
        as: workerAccount,
        ...inOrganization,
      },
      withOrganization,
      'Allowed',
    ],
  ])('%s (%s)', async (_, service, call, parameters, expected) => {
    expect(await verdict(service, call, parameters)).toBe(expected);
  });
});

describe('the zones of the subnets', () => {
  const zones = (parameters: Readonly<Record<string, string>> = {}) =>
    render(parameters)
      .resources.filter(({ logicalId }) => logicalId.startsWith('PrivateSubnet'))
      .map(({ properties }) => properties['AvailabilityZone']);

  it('are the zones of the parameter', () => {
    expect(zones({ Zones: 'eu-central-1b,eu-central-1c' })).toEqual(['eu-central-1b', 'eu-central-1c']);
  });
});
