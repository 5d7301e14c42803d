import { archivingFilters, macieStatus } from '../../aws/macie/account.ts';
import { judgeFilters, judgeSession } from '../../core/operate/doctor/judge-macie.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { placeOf } from '../operator/isolation-bucket.ts';
import type { LookedAt } from './looked-at.ts';

/** Whether Macie finds, and what it never shows. */
export function macieChecks({ clients, settings }: LookedAt): readonly Check[] {
  const macie = () => clients.macie(clients.region);
  return [
    { name: 'macie session', judge: async () => judgeSession(await macieStatus(await macie())) },
    {
      name: 'macie filters',
      judge: async () => judgeFilters(await archivingFilters(await macie(), placeOf(settings).name)),
    },
  ];
}
