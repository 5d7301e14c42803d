import { readdirSync, statSync } from 'node:fs';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { afterAll, describe, expect, it } from 'vitest';
import { loadTemplate } from '../../../src/aws/cloudformation/load-template.ts';
import { listSettings } from '../../../src/config/settings.ts';
import { customIdentifiers } from '../../../src/local/macie/identifiers.ts';
import { serviceVersion } from '../../../src/version.ts';
import { deployed, region, workerAccount } from '../../support/deployed.ts';
import { type RenderedTemplate, renderTemplate, templateFolder } from '../../support/rendered-template.ts';

const files = readdirSync(templateFolder).filter((file) => file.endsWith('.yaml'));

const executionRole = `arn:aws:iam::${workerAccount}:role/execution`;
const boundary = `arn:aws:iam::${workerAccount}:policy/boundary`;

describe('the templates of deploy/ecs', () => {
  const engine = new CelEngine();
  afterAll(() => engine.free());

  it.each(files)('%s is valid CloudFormation', (file) => {
    const { diagnostics } = engine.validateStandard(new TemplateFile(templateFolder + file), {
      severityLevel: 'WARN',
      // The validator looks at both sides of an If, and takes the empty default for the name or ARN.
      parameterOverrides: {
        IsolationBucketName: 'isolation',
        PermissionsBoundaryArn: boundary,
        ExecutionRoleArn: executionRole,
        SubnetIds: 'subnet-0123abcd',
        SecurityGroupIds: 'sg-0123abcd',
      },
      // The account's default event bus is no resource of any template; its ARN can only be composed.
      // And every parameter of type Number is a string until CloudFormation reads it.
      exclude: { ids: ['W9002', 'W9003'] },
    });

    expect(diagnostics.map(({ severity, ruleId, message }) => `${severity} ${ruleId}: ${message}`)).toEqual(
      [],
    );
  });

  // The most that CloudFormation takes without a bucket to fetch it from.
  it.each(files)('%s can be deployed as it is', (file) => {
    expect(statSync(templateFolder + file).size).toBeLessThanOrEqual(51_200);
  });

  it.each(files)('%s says of each parameter what it is, and of each pattern what it wants', (file) => {
    for (const [name, parameter] of Object.entries(loadTemplate(templateFolder + file).Parameters)) {
      expect(parameter.Description, name).toMatch(/\.$/);
      if (parameter.AllowedPattern === undefined) continue;
      expect(parameter.ConstraintDescription, name).toMatch(/\.$/);
      expect(() => new RegExp(parameter.AllowedPattern ?? ''), name).not.toThrow();
    }
  });
});

describe('the outputs of a template', () => {
  const { dataPlane, service, memberRole, operations } = deployed();

  it('names the version of the release, which doctor compares with that of the worker', () => {
    expect([dataPlane.outputs['Version'], service.outputs['Version']]).toEqual([
      serviceVersion,
      serviceVersion,
    ]);
  });

  it.each([
    ['data-plane.yaml', 'service.yaml', dataPlane, service, 10],
    ['data-plane.yaml', 'member-role.yaml', dataPlane, memberRole, 3],
    ['service.yaml', 'member-role.yaml', service, memberRole, 2],
    ['data-plane.yaml', 'operations.yaml', dataPlane, operations, 11],
    ['service.yaml', 'operations.yaml', service, operations, 3],
  ] as const)('outputs of %s fit the parameters of %s with the same name', (_, __, from, to, count) => {
    const shared = Object.entries(from.outputs).filter(([name]) => name in to.template.Parameters);

    expect(shared).toHaveLength(count);
    for (const [name, value] of shared) {
      expect(value, name).toMatch(new RegExp(to.template.Parameters[name]?.AllowedPattern ?? '^$'));
    }
  });

  it('a service without tasks sends no count: its alarm fires by that, and a deployment does not wait for it', () => {
    const propertiesOf = (id: string) =>
      service.resources.find(({ logicalId }) => logicalId === id)?.properties ?? {};
    const { Alarms } = propertiesOf('Service')['DeploymentConfiguration'] as { Alarms: object };

    expect(propertiesOf('NoRunningTaskAlarm')['TreatMissingData']).toBe('breaching');
    expect(Alarms).toMatchObject({ AlarmNames: ['macie-isolator-deploymentalarm'] });
    expect(propertiesOf('DeploymentAlarm')).toMatchObject({
      Dimensions: [{ Name: 'QueueName', Value: 'macie-isolator-findings-dead-letter' }],
      TreatMissingData: 'notBreaching',
    });
    expect(propertiesOf('DeploymentAlarm')).not.toHaveProperty('AlarmActions');
  });

  it('the service hands the worker nothing but settings that it knows', () => {
    const tasks = service.resources.filter(({ type }) => type === 'AWS::ECS::TaskDefinition');
    const [worker] = tasks.flatMap(
      ({ properties }) => properties['ContainerDefinitions'] as { Environment: { Name: string }[] }[],
    );
    const names = worker?.Environment.map(({ Name }) => Name) ?? [];
    const known = new Set(listSettings().map(({ name }) => name));

    expect(names.length).toBeGreaterThan(12);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('a deployment', () => {
  /** The names that a template gives itself; CloudFormation makes up the others. */
  const namesOf = ({ resources }: RenderedTemplate) =>
    resources.flatMap(({ type, logicalId, properties }) => {
      const own = type.split('::').at(-1) ?? '';
      const given = ['Name', `${own}Name`, 'RoleName', 'Family'].map((property) => properties[property]);
      const { Name } = (properties['DatabaseInput'] ?? {}) as { Name?: unknown };
      const names = [...given, Name].filter((name) => typeof name === 'string');
      // Of a policy of its own, the name is the role's.
      return type === 'AWS::IAM::RolePolicy' ? [] : names.map((name) => `${type} ${logicalId} ${name}`);
    });
  /** Free to be there twice; and buckets, which have a name where a parameter gives one. */
  const notUnique = /^AWS::(Athena::NamedQuery|Macie::CustomDataIdentifier|S3::Bucket) /;
  const withPrefix = (prefix: string) => {
    const { dataPlane, service, memberRole } = deployed(prefix);
    const more = { Prefix: prefix, IsolationBucketName: 'isolation' };
    const others = ['evidence.yaml', 'macie.yaml'].map((file) =>
      renderTemplate(file, workerAccount, region, more),
    );
    return [dataPlane, service, memberRole, ...others]
      .flatMap(namesOf)
      .filter((name) => !notUnique.test(name));
  };

  it('works beside another one with another prefix: they have no name in common', () => {
    const [first, second] = [withPrefix('macie-isolator'), withPrefix('second-isolator')];

    expect(first.length).toBeGreaterThan(15);
    expect(first.filter((name) => second.includes(name))).toEqual([]);
  });

  it('keeps evidence, key and log when it is deleted, under names that nobody gave', () => {
    const retained = files.flatMap((file) =>
      Object.entries(loadTemplate(templateFolder + file).Resources).filter(
        ([, { DeletionPolicy }]) => DeletionPolicy === 'Retain',
      ),
    );

    expect(retained.map(([logicalId]) => logicalId)).toEqual(
      expect.arrayContaining([
        'IsolationBucket',
        'IsolationBucketPolicy',
        'IsolationKey',
        'LogGroup',
        'Session',
      ]),
    );
    for (const [logicalId, { UpdateReplacePolicy, Properties }] of retained) {
      expect(UpdateReplacePolicy, logicalId).toBe('Retain');
      const names = Object.entries(Properties).filter(([property]) => property.endsWith('Name'));
      // Unless a name is asked for.
      expect(
        names.map(([, value]) => Object.keys(value as object)),
        logicalId,
      ).toEqual(names.map(() => ['Fn::If']));
    }
  });
});

describe('the custom data identifiers', () => {
  const { Resources } = loadTemplate(`${templateFolder}macie.yaml`);
  const made = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Macie::CustomDataIdentifier');

  it('are those of the stand-in for Macie', () => {
    expect(made.map(({ Properties }) => [Properties['Name'], Properties['Keywords']])).toEqual(
      customIdentifiers.map(({ name, keywords }) => [name, keywords]),
    );
  });

  it.each([
    ['Patient ID', 'patient 8d4c4326-e9de-4f45-9a4c-f8c36bff89ae.', true],
    ['Patient ID', 'patient 8D4C4326-E9DE-4F45-9A4C-F8C36BFF89AE', true],
    ['Patient ID', 'patient 8d4c4326-e9de-4f45-9a4c-f8c36bff89ae0', false],
    ['US Driver License', 'S99981234', true],
    ['US Driver License', 'S999812345', false],
    ['US Driver License', 'XS99981234', false],
    ['US Passport', 'X12345678X', true],
    ['US Passport', 'X123456789X', false],
    ['US Passport', 'X12345678XY', false],
  ])('%s: the text "%s" matches: %s', (name, text, found) => {
    const regex = made.find(({ Properties }) => Properties['Name'] === name)?.Properties['Regex'];

    expect(new RegExp(String(regex)).test(text)).toBe(found);
  });
});
