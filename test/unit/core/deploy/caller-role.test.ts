import { describe, expect, it } from 'vitest';
import { assumedRoleName, deployRoles, roleNamed } from '../../../../src/core/deploy/caller-role.ts';
import type { Stack } from '../../../../src/core/deploy/stack/stacks.ts';

const callerArn = 'arn:aws:sts::111122223333:assumed-role/deploy/ada';
const callerRole = 'arn:aws:iam::111122223333:role/pipelines/deploy';
const other = 'arn:aws:iam::111122223333:role/other';
const user = { callerArn: 'arn:aws:iam::111122223333:user/ada', callerRole: undefined };

function dataPlane(parameters: Stack['parameters'], serviceRole?: string): Stack {
  return {
    id: 'id',
    name: 'macie-isolator-data-plane',
    status: 'CREATE_COMPLETE',
    parameters,
    outputs: {},
    tags: {},
    ...(serviceRole !== undefined && { serviceRole }),
  };
}

describe('the roles that may change an installation', () => {
  it('are the caller’s role beside those that were chosen, each once', () => {
    const input = { callerArn, callerRole, dataPlane: undefined };

    expect(deployRoles({ ...input, chosen: [] })).toEqual([callerRole]);
    expect(deployRoles({ ...input, chosen: [other, callerRole] })).toEqual([other, callerRole]);
  });

  it('have CloudFormation’s own role, where the stack has one', () => {
    const stack = dataPlane({ DeployRoleArns: `${callerRole},${other}` }, other);

    expect(deployRoles({ callerArn, callerRole, chosen: [], dataPlane: stack })).toEqual([callerRole, other]);
  });

  it.each([{ DeployRoleArns: other }, { BreakGlassRoleArns: other }])(
    'keep out a caller whom the policies of %j would deny, before anything is changed',
    (parameters) => {
      const input = { callerArn, callerRole, chosen: [], dataPlane: dataPlane(parameters) };

      expect(() => deployRoles(input)).toThrow(
        `The policies of macie-isolator-data-plane deny ${callerArn} to change it. Use one of its deploying roles: ${other}.`,
      );
    },
  );

  it('stay empty for a user, and a user cannot name roles that would keep it out', () => {
    expect(deployRoles({ ...user, chosen: [], dataPlane: undefined })).toEqual([]);
    expect(() => deployRoles({ ...user, chosen: [other], dataPlane: undefined })).toThrow('is no role');
  });
});

describe('the role of a caller', () => {
  it('is known by its name alone, and by its whole ARN only if somebody gives it', () => {
    expect(assumedRoleName(callerArn)).toBe('deploy');
    expect(assumedRoleName(user.callerArn)).toBeUndefined();
    expect(roleNamed([other, callerRole], callerArn)).toBe(callerRole);
    expect(roleNamed(['arn:aws:iam::444455556666:role/deploy'], callerArn)).toBeUndefined();
  });
});
