import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createAuthorizer } from '../support/authorize.ts';
import { type AwsCall, keptAwsCalls } from '../support/aws-calls.ts';
import { deployedFrom, type Version } from '../support/deployed.ts';
import { requestsOf } from '../support/iam-actions.ts';
import { formerTemplateFolder } from '../support/rendered-template.ts';

const former = JSON.parse(readFileSync(`${formerTemplateFolder}calls.json`, 'utf8')) as AwsCall[];
const calls: Readonly<Record<Version, readonly AwsCall[]>> = { '0.1.0': former, present: keptAwsCalls() };

/** Steps of an upgrade, data plane first, and back: which worker runs with which role on which data plane. */
const steps: readonly { worker: Version; roles: Version; dataPlane: Version }[] = [
  { worker: '0.1.0', roles: '0.1.0', dataPlane: '0.1.0' },
  { worker: '0.1.0', roles: '0.1.0', dataPlane: 'present' },
  { worker: '0.1.0', roles: 'present', dataPlane: 'present' },
  { worker: 'present', roles: 'present', dataPlane: '0.1.0' },
];

describe('an upgrade', () => {
  it.each(Object.entries(calls))('knows the calls of the worker %s: run all tests', (_, made) => {
    expect(made.length).toBeGreaterThan(50);
  });

  it.each(steps)(
    'allows every call of the worker $worker with roles of $roles on the data plane of $dataPlane',
    async ({ worker, ...step }) => {
      const authorizer = createAuthorizer(deployedFrom(step));
      const refused = new Set<string>();
      for (const { by, ...request } of calls[worker].flatMap(requestsOf)) {
        const verdict = await authorizer.verdict(authorizer[by], request);
        if (verdict !== 'Allowed') refused.add(`${by} ${request.action} on ${request.resource}: ${verdict}`);
      }

      expect([...refused]).toEqual([]);
    },
  );
});
