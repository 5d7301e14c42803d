import { describe, expect, it } from 'vitest';
import { policiesOfRole } from '../../support/authorize.ts';
import { region, workerAccount } from '../../support/deployed.ts';
import { renderTemplate } from '../../support/rendered-template.ts';

const render = (parameters: Readonly<Record<string, string>> = {}) =>
  renderTemplate('macie.yaml', workerAccount, region, { IsolationBucketName: 'isolation', ...parameters });
const scheduleOf = (parameters: Readonly<Record<string, string>> = {}) =>
  render(parameters).resources.find(({ type }) => type === 'AWS::Scheduler::Schedule')?.properties;

describe('the heartbeat', () => {
  it.each([
    [{}, true],
    [{ EnableMacie: 'no' }, false],
    [{ EnableMacie: 'no', Heartbeat: 'yes' }, true],
    [{ Heartbeat: 'no' }, false],
  ])(
    'with %j is there: %s, since others see its samples where Macie was enabled before',
    (given, expected) => {
      expect(scheduleOf(given as Record<string, string>) !== undefined).toBe(expected);
    },
  );

  it('asks for one sample every twelve hours, and keeps what failed', () => {
    const { ScheduleExpression, Target } = scheduleOf() as {
      ScheduleExpression: string;
      Target: { Input: string };
    };

    expect(ScheduleExpression).toBe('rate(12 hours)');
    expect(Target).toMatchObject({
      Arn: 'arn:aws:scheduler:::aws-sdk:macie2:createSampleFindings',
      DeadLetterConfig: {
        Arn: `arn:aws:sqs:${region}:${workerAccount}:macie-isolator-heartbeat-dead-letter`,
      },
    });
    expect(JSON.parse(Target.Input)).toEqual({ FindingTypes: ['SensitiveData:S3Object/Personal'] });
  });

  it('has a role that may do only that', () => {
    const actions = policiesOfRole(render(), 'HeartbeatRole')
      .flatMap(({ Statement }) => Statement)
      .flatMap(({ Action = [] }) => [Action].flat());

    expect(actions).toEqual(['macie2:CreateSampleFindings', 'sqs:SendMessage']);
  });

  it.each([
    ['no', false],
    ['yes', true],
  ])('is listened for in CloudWatch: %s is %s', (Heartbeat, expected) => {
    const { resources } = renderTemplate('cloudwatch.yaml', workerAccount, region, {
      LogGroupName: 'log',
      AlarmTopicArn: 'arn',
      Heartbeat,
    });
    const alarm = resources.find(({ logicalId }) => logicalId === 'HeartbeatMissingAlarm');

    expect(alarm !== undefined).toBe(expected);
    if (!alarm) return;
    const { Period, EvaluationPeriods, TreatMissingData } = alarm.properties;
    expect(Number(Period) * Number(EvaluationPeriods)).toBe(26 * 3600);
    expect(TreatMissingData).toBe('breaching');
  });
});
