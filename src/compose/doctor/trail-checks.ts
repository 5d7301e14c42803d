import { trailsOf } from '../../aws/cloudtrail/trails.ts';
import { judgeTrails } from '../../core/operate/doctor/judge-trail.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import type { LookedAt } from './looked-at.ts';
import { whyUnknown } from './why-unknown.ts';

/** Whether it is known who changed what. */
export function trailChecks({ clients }: LookedAt): readonly Check[] {
  return [
    { name: 'trail', judge: async () => judgeTrails(await trailsOf(await clients.trail(), whyUnknown)) },
  ];
}
