import { describe, expect, it } from 'vitest';
import type { Policy } from '../../support/authorize.ts';
import { breakGlass, deployed, deployer, region, workerAccount } from '../../support/deployed.ts';
import { type RenderedTemplate, renderTemplate } from '../../support/rendered-template.ts';
import { rulesHold } from '../../support/template-rules.ts';

const render = (parameters: Readonly<Record<string, string>> = {}) =>
  renderTemplate('data-plane.yaml', workerAccount, region, parameters);
const propertiesOf = ({ resources }: RenderedTemplate, logicalId: string) =>
  resources.find((resource) => resource.logicalId === logicalId)?.properties ?? {};
const policyProperties = ['PolicyDocument', 'KeyPolicy'];
const policiesOf = ({ resources }: RenderedTemplate) =>
  resources.flatMap(({ logicalId, type, properties }) =>
    policyProperties
      .filter((property) => property in properties)
      .map((property) => ({ logicalId, type, policy: properties[property] as Policy })),
  );

describe('denials that would stop an update of the stack', () => {
  const staying = (template: RenderedTemplate) =>
    policiesOf(template).flatMap(({ logicalId, policy }) =>
      policy.Statement.filter(({ Sid }) => Sid?.endsWith('Stays') && Sid !== 'EvidenceStays').map(
        (statement) => [logicalId, statement] as const,
      ),
    );

  it('are left out where nobody is named who deploys, and an output says what then does not hold', () => {
    expect(staying(render())).toEqual([]);
    expect(render().outputs['ConfigurationIsProtected']).toMatch(/^no: every administrator can expire/);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['the deploying role', { DeployRoleArns: deployer }, [deployer]],
    ['who may break the glass', { BreakGlassRoleArns: breakGlass }, [breakGlass]],
    ['both', { DeployRoleArns: deployer, BreakGlassRoleArns: breakGlass }, [breakGlass, deployer]],
    ['two of them', { DeployRoleArns: `${deployer},${breakGlass}` }, [deployer, breakGlass]],
  ])('except %s, and nobody else', (_, parameters, excepted) => {
    const found = staying(render(parameters));

    expect(found.map(([logicalId]) => logicalId).sort()).toEqual([
      'AlarmTopicPolicy',
      'AlertTopicPolicy',
      'DeadLetterQueuePolicy',
      'FindingsQueuePolicy',
      'IsolationBucketPolicy',
      'IsolationKey',
      'RulesDeadLetterQueuePolicy',
    ]);
    for (const [logicalId, { Condition }] of found) {
      expect(Condition?.['ArnNotLike'], logicalId).toEqual({ 'aws:PrincipalArn': excepted });
    }
    expect(render(parameters).outputs['ConfigurationIsProtected']).toMatch(/^yes/);
  });
});

describe('roles', () => {
  const path = '/security/isolator/';
  const boundary = `arn:aws:iam::${workerAccount}:policy/boundary`;
  const template = render({
    RolePath: path,
    PermissionsBoundaryArn: boundary,
    OperatorArns: `arn:aws:iam::${workerAccount}:root`,
    InvestigatorArns: `arn:aws:iam::${workerAccount}:root`,
    OrganizationId: 'o-a1b2c3d4e5',
  });

  it('have the path and the boundary that were asked for', () => {
    const roles = template.resources.filter(({ type }) => type === 'AWS::IAM::Role');

    expect(roles).toHaveLength(2);
    for (const { properties } of roles) {
      expect(properties).toMatchObject({ Path: path, PermissionsBoundary: boundary });
    }
  });

  it('are named by policies with that path and without an asterisk', () => {
    const named = JSON.stringify(policiesOf(template)).match(/arn:aws:iam::[^"]*:role[^"]*/g) ?? [];

    expect(named.length).toBeGreaterThan(15);
    for (const arn of named)
      expect(arn).toMatch(/^arn:aws:iam::(\*|\d{12}):role\/security\/isolator\/[a-z0-9-]+$/);
  });
});

describe('the days that copies are kept', () => {
  const lifecycle = (template: RenderedTemplate) =>
    propertiesOf(template, 'IsolationBucket')['LifecycleConfiguration'] as {
      Rules: Record<string, unknown>[];
    };

  it('are unlimited by default', () => {
    const ids = lifecycle(render()).Rules.map(({ Id }) => Id);

    expect(ids).toEqual([
      'abort-unfinished-copies',
      'expire-probes',
      'expire-limits',
      'forget-old-control-objects',
    ]);
  });

  it('end for copies and no other evidence', () => {
    const [, , , , ...rules] = lifecycle(render({ IsolatedCopiesDays: '90' })).Rules;

    expect(rules.map(({ Prefix }) => Prefix)).toEqual(['objects/', 'objects-hashed/']);
    for (const rule of rules) {
      expect(rule).toMatchObject({
        Status: 'Enabled',
        ExpirationInDays: '90',
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      });
    }
  });

  const { Parameters } = render().template;
  const days = (Parameters['IsolatedCopiesDays']?.AllowedValues ?? []) as number[];
  const all = days.flatMap((copies) => [...days, 1, 31, 36_500].map((lock) => [copies, lock] as const));

  it.each(all)('%i under a lock of %i are never fewer than it', (copies, lock) => {
    const holds = rulesHold('data-plane.yaml', {
      IsolatedCopiesDays: String(copies),
      ObjectLockDays: String(lock),
    });

    expect(holds).toBe(copies === 0 || (lock <= copies && days.includes(lock)));
  });
});

describe('the policies of the data plane', () => {
  const arns = (count: number) =>
    Array.from({ length: count }, (_, index) => `${deployer}-of-a-team-with-a-long-name-${index}`).join(',');
  const name = 'macie-isolator-in-an-account-with-a-very-long-name-x';
  const wide = render({ ...deployedParameters(), IsolationBucketName: name });

  function deployedParameters() {
    return {
      Prefix: 'macie-isolator-of-a-team-x',
      OrganizationId: 'o-a1b2c3d4e5',
      RolePath: '/security/isolator/',
      OperatorRoleArns: arns(3),
      DeployRoleArns: arns(3),
      BreakGlassRoleArns: arns(2),
    };
  }

  // The quotas of S3, SQS, SNS and KMS for the policy of one resource.
  it.each([
    ['AWS::S3::BucketPolicy', 20_480],
    ['AWS::SQS::QueuePolicy', 8192],
    ['AWS::SNS::TopicPolicy', 30_720],
    ['AWS::KMS::Key', 32_768],
  ])('of %s fit, with long names and several roles', (type, most) => {
    const sizes = policiesOf(wide)
      .filter((found) => found.type === type)
      .map(({ policy }) => JSON.stringify(policy).length);

    expect(sizes.length).toBeGreaterThan(0);
    expect(Math.max(...sizes)).toBeLessThan(most);
  });

  it('of queues have at most ten conditions', () => {
    for (const { logicalId, policy } of policiesOf(wide).filter(
      ({ type }) => type === 'AWS::SQS::QueuePolicy',
    )) {
      const conditions = policy.Statement.flatMap(({ Condition = {} }) => Object.keys(Condition));

      expect(conditions.length, logicalId).toBeLessThanOrEqual(10);
    }
  });

  it('are the same of every deployment but for its names', () => {
    expect(policiesOf(deployed().dataPlane).length).toBe(
      policiesOf(deployed('second-isolator').dataPlane).length,
    );
  });
});
