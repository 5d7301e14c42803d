import { macieAdministrator, macieSession } from '../../aws/macie/account.ts';
import { allowLists, archivingFilters, automatedDiscovery } from '../../aws/macie/never-shown.ts';
import { judgeAdministrator, judgePublishing, judgeSession } from '../../core/operate/doctor/judge-macie.ts';
import {
  judgeAllowLists,
  judgeExcludedBuckets,
  judgeFilters,
} from '../../core/operate/doctor/judge-never-shown.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { unknown } from '../../core/operate/doctor/verdict.ts';
import { placeOf } from '../operator/isolation-bucket.ts';
import { type LookedAt, once } from './looked-at.ts';

/** Whether Macie finds, and what it never shows. */
export function macieChecks({ clients, policy, settings }: LookedAt): readonly Check[] {
  const { name: bucket, owner: account } = placeOf(settings);
  const macie = () => clients.macie(clients.region);
  const session = once(async () => macieSession(await macie()));
  const administrator = once(async () => macieAdministrator(await macie()));
  return [
    { name: 'macie session', judge: async () => judgeSession(await session()) },
    { name: 'macie publishing', judge: async () => judgePublishing(await session()) },
    {
      name: 'macie administrator',
      judge: async () => judgeAdministrator(await administrator(), account),
    },
    {
      name: 'macie filters',
      judge: async () =>
        judgeFilters(await archivingFilters(await macie()), await policy(), bucket, new Date()),
    },
    { name: 'macie allow lists', judge: async () => judgeAllowLists(await allowLists(await macie())) },
    {
      name: 'macie excluded buckets',
      async judge() {
        const above = await administrator();
        if (above !== undefined && above !== account) {
          return unknown(`The Macie administrator ${above} decides it: run doctor with its credentials.`);
        }
        return judgeExcludedBuckets(await automatedDiscovery(await macie()), await policy(), bucket);
      },
    },
  ];
}
