import { simulate } from '../../aws/iam/simulate.ts';
import { judgeRole, type Simulated, workerRoleIn } from '../../core/operate/doctor/judge-role.ts';
import { type Check, UncheckedError } from '../../core/operate/doctor/run-checks.ts';
import { sourceNeeds } from '../../core/operate/doctor/source-needs.ts';
import { unknown } from '../../core/operate/doctor/verdict.ts';
import { type Need, workerNeeds } from '../../core/operate/doctor/worker-needs.ts';
import { type LookedAt, once } from './looked-at.ts';
import { workerPlaceOf } from './worker-place.ts';

const updateService = 'Update the stack of service.yaml with the template of this version.';

/** Whether the worker may do what it must. */
export function roleChecks(looked: LookedAt): readonly Check[] {
  const { bucketPolicy, clients, options, serviceStack } = looked;
  const role = once(async () => {
    const found = (await serviceStack())?.['WorkerRoleArn'] ?? workerRoleIn(await bucketPolicy());
    if (found !== undefined) return found;
    throw new UncheckedError(
      'The role of the worker is not known.',
      'Name the stack of service.yaml: --service-stack.',
    );
  });
  const place = once(() => workerPlaceOf(looked));
  const simulated = async (needs: readonly Need[]): Promise<readonly Simulated[]> => {
    const [iam, of] = [await clients.iam(), await role()];
    const results: Simulated[] = [];
    for (const need of needs) results.push(...(await simulate(iam, of, need)));
    return results;
  };
  return [
    {
      name: 'worker role',
      judge: async () => judgeRole(await simulated(workerNeeds(await place())), updateService),
    },
    {
      name: 'worker role at sources',
      async judge() {
        if (options.sourceBuckets.length === 0) {
          return unknown(
            'No source bucket was named.',
            'Name buckets of this account: --source-bucket NAME.',
          );
        }
        const known = await place();
        const needs = options.sourceBuckets.flatMap((bucket) => sourceNeeds(known, bucket));
        return judgeRole(
          await simulated(needs),
          'Name the bucket in SourceBucketNames of service.yaml, and update its stack.',
        );
      },
    },
  ];
}
