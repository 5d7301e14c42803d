import { describe, expect, it } from 'vitest';
import { answersSchema, everyTemplate, type GivenAnswers } from '../../../../src/core/deploy/answers.ts';
import { idleAnswers } from '../../../../src/core/deploy/idle-answers.ts';

const everything = {
  alertEmail: 'privacy@example.com',
  sourceBuckets: 'lake-raw',
  network: 'own',
  macie: 'enable',
  also: ['operations', 'audit', 'cloudwatch', 'evidence'],
} satisfies GivenAnswers;
const parameters = Object.fromEntries(everyTemplate.map((template) => [template, { RolePath: '/a/' }]));
const subnets = 'subnet-0a1b2c3d,subnet-4e5f6a7b,sg-8c9d0e1f';
const idle = (given: GivenAnswers) => idleAnswers(answersSchema.parse(given), given);

describe('an answer that changes nothing', () => {
  it('is none of the parameters, where every template is deployed', () => {
    expect(idle({ ...everything, parameters })).toEqual([]);
  });

  it('is each parameter of a template that the others do not deploy, told with the answer that deploys it', () => {
    const told = idle({ ...everything, network: subnets, macie: 'by-hand', also: [], parameters });

    const reason = (template: string) =>
      `${template}.RolePath would change nothing, because these answers do not deploy ${template}.yaml. The answer that deploys it: `;
    expect(told).toEqual([
      `${reason('network')}network: own.`,
      `${reason('macie')}macie: enable, or macie: enabled.`,
      `${reason('operations')}also with operations.`,
      `${reason('audit')}also with audit.`,
      `${reason('cloudwatch')}also with cloudwatch.`,
      `${reason('evidence')}also with evidence.`,
    ]);
  });

  it('is a heartbeat without the stack of Macie', () => {
    const byHand = { ...everything, macie: 'by-hand' };

    expect(idle({ ...byHand, heartbeat: 'yes' })).toEqual([
      'heartbeat: yes would change nothing, because macie: by-hand does not deploy macie.yaml, which makes the heartbeat. The answer that deploys it: macie: enable, or macie: enabled.',
    ]);
    expect(idle({ ...byHand, heartbeat: 'no' })).toEqual([]);
    expect(idle({ ...everything, heartbeat: 'yes' })).toEqual([]);
  });

  it('is what the member roles ask for, without member accounts', () => {
    const memberRoleExternalId = 'security-team-7';

    expect(idle({ ...everything, memberRoleExternalId })).toEqual([
      'memberRoleExternalId would change nothing without organizationId: no member accounts are served.',
    ]);
    expect(idle({ ...everything, memberRoleExternalId, organizationId: 'o-a1b2c3d4e5' })).toEqual([]);
  });

  it('is none of those that the stacks were deployed with', () => {
    const answers = { ...everything, macie: 'by-hand', heartbeat: 'yes', memberRoleExternalId: 'security-7' };

    expect(idleAnswers(answersSchema.parse(answers), {})).toEqual([]);
  });
});
