import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../../../src/aws/cloudformation/load-template.ts';
import { createResolver } from '../../../src/aws/cloudformation/resolve.ts';
import { checkParameters } from '../../../src/local/cloudformation/check-parameters.ts';

const yaml = `
Parameters:
  Prefix: { Type: String, Default: demo }
  Days: { Type: Number, Default: 0 }
  Buckets: { Type: CommaDelimitedList, Default: '' }
  Needed: { Type: String }
Conditions:
  HasDays: !Not [!Equals [!Ref Days, 0]]
  IsDemo: !Equals [!Ref Prefix, demo]
  Both: !And [!Condition HasDays, !Condition IsDemo]
  Either: !Or [!Condition HasDays, !Condition IsDemo]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      Name: !Sub '\${Prefix}-\${AWS::Region}-\${Queue.Arn}'
      Days: !If [HasDays, !Ref Days, !Ref AWS::NoValue]
      List: [!Ref AWS::NoValue, !GetAtt Queue.Arn, !Join ['-', [a, !Ref Prefix]]]
`;

const joined = { 'Fn::Join': ['/*,arn:', { Ref: 'Buckets' }] };
const arns = { 'Fn::Split': [',', { 'Fn::Sub': ['arn:${All}/*', { All: joined }] }] };

function resolve(parameters: Record<string, string> = {}) {
  const template = parseTemplate(yaml);
  const resolver = createResolver({
    template,
    parameters,
    pseudoParameters: { 'AWS::Region': 'us-east-1' },
    resources: new Map([['Queue', { ref: 'https://queue', attributes: { Arn: 'arn:queue' } }]]),
  });
  return { resolver, queue: resolver.value(template.Resources['Queue']?.Properties) };
}

describe('a template', () => {
  it('is resolved with defaults, and without what has no value', () => {
    expect(resolve().queue).toEqual({
      Name: 'demo-us-east-1-arn:queue',
      List: ['arn:queue', 'a-demo'],
    });
  });

  it.each([
    ['a list', { Buckets: 'a,b' }, { Ref: 'Buckets' }, ['a', 'b']],
    ['a list of names as one of ARNs', { Buckets: 'a,b' }, arns, ['arn:a/*', 'arn:b/*']],
    ['a part', {}, { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    ['a variable of IAM', {}, { 'Fn::Sub': 'x/${!aws:PrincipalAccount}/*' }, 'x/${aws:PrincipalAccount}/*'],
  ])('is resolved with %s', (_, parameters, unresolved, expected) => {
    expect(resolve(parameters).resolver.value(unresolved)).toEqual(expected);
  });

  it('is resolved with parameters', () => {
    expect(resolve({ Days: '7', Prefix: 'other' }).queue).toMatchObject({
      Name: 'other-us-east-1-arn:queue',
      Days: '7',
    });
  });

  it.each([
    ['HasDays', {}, false],
    ['HasDays', { Days: '1' }, true],
    ['Both', { Days: '1' }, true],
    ['Both', {}, false],
    ['Either', {}, true],
    ['Either', { Prefix: 'x' }, false],
  ])('has conditions: %s with %j is %s', (name, parameters, expected) => {
    expect(resolve(parameters).resolver.condition(name)).toBe(expected);
  });

  it.each([
    ['an unknown name', { Ref: 'Nobody' }, 'Ref to unknown Nobody'],
    ['a parameter that is not given', { Ref: 'Needed' }, 'the parameter Needed has no value'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Size'] }, 'Queue.Size'],
    ['an unknown function', { 'Fn::ImportValue': 'x' }, 'Fn::ImportValue'],
    ['an unknown condition', { 'Fn::If': ['Never', 1, 2] }, 'Never'],
  ])('is not resolved with %s', (_, value, message) => {
    expect(() => resolve().resolver.value(value)).toThrow(message);
  });

  it.each([
    ['an unknown tag', 'Resources: { Queue: { Type: !Nonsense x } }'],
    ['broken YAML', 'Resources: ['],
    ['no resources', 'Parameters: {}'],
  ])('is not loaded with %s', (_, text) => {
    expect(() => parseTemplate(text)).toThrow(/./);
  });
});

describe('the parameters of a stack', () => {
  const template = parseTemplate(`
Parameters:
  Accounts: { Type: CommaDelimitedList, AllowedPattern: '^[0-9]{12}$' }
  Subnets: { Type: 'List<AWS::EC2::Subnet::Id>', Default: subnet-1 }
  Mode: { Type: String, Default: safe, AllowedValues: [safe, fast] }
Resources:
  Queue: { Type: AWS::SQS::Queue }
`);
  const check = (given: Record<string, string>) => () =>
    checkParameters(template, { Accounts: '111122223333', ...given });

  it('match their pattern, each part of a list by itself, as in CloudFormation', () => {
    expect(check({ Accounts: '111122223333, 444455556666', Subnets: 'subnet-1,subnet-2' })).not.toThrow();
    expect(check({ Accounts: '111122223333,nobody' })).toThrow("Parameter 'Accounts' failed to satisfy");
    expect(check({ Subnets: 'subnet-1,4' })).toThrow("Parameter 'Subnets' failed to satisfy");
    expect(check({ Mode: 'safe,fast' })).toThrow("Parameter 'Mode' failed to satisfy");
  });
});
