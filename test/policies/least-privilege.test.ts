import { describe, expect, it } from 'vitest';
import { allowedActions, createAuthorizer, type Policy, policiesOfRole } from '../support/authorize.ts';
import { keptAwsCalls } from '../support/aws-calls.ts';
import { deployed } from '../support/deployed.ts';
import { requestsOf } from '../support/iam-actions.ts';

const templates = deployed();
const authorizer = createAuthorizer(templates);
const calls = keptAwsCalls();
const requests = calls.flatMap(requestsOf);

describe('the calls that the integration tests made', () => {
  it('are known: run all tests, for alone this has nothing to go by', () => {
    expect(calls.length).toBeGreaterThan(50);
  });

  it('are each allowed by the policies of the templates', async () => {
    const refused: string[] = [];
    for (const { by, ...request } of requests) {
      const verdict = await authorizer.verdict(authorizer[by], request);
      if (verdict !== 'Allowed') refused.push(`${by} ${request.action} on ${request.resource}: ${verdict}`);
    }

    expect([...new Set(refused)]).toEqual([]);
  });
});

describe('each action that a policy allows', () => {
  const used = (by: string) =>
    new Set(requests.filter((request) => request.by === by).map(({ action }) => action));

  it.each([
    ['worker', 'WorkerRole', templates.service],
    ['member', 'MemberRole', templates.memberRole],
  ] as const)('to the %s role is needed by some call', (by, logicalId, template) => {
    const policies = policiesOfRole(template, logicalId);

    expect(allowedActions(policies).filter((action) => !used(by).has(action))).toEqual([]);
  });

  it.each([
    ['the isolation bucket', 'IsolationBucketPolicy', 'PolicyDocument'],
    ['its key', 'IsolationKey', 'KeyPolicy'],
  ])('to member roles at %s is needed by some call', (_, logicalId, property) => {
    const ours = templates.dataPlane.resources
      .filter((resource) => resource.logicalId === logicalId)
      .flatMap(({ properties }) => (properties[property] as Policy).Statement)
      .filter(({ Sid }) => Sid === 'MemberRolesCopy');

    expect(ours).toHaveLength(1);
    expect(allowedActions([{ Statement: ours }]).filter((action) => !used('member').has(action))).toEqual([]);
  });
});
