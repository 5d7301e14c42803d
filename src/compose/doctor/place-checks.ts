import { bucketSettings } from '../../aws/s3/bucket/bucket-settings.ts';
import { regionOfQueue } from '../../config/aws-hosts.ts';
import { pauseKey } from '../../core/evidence/keys.ts';
import { judgeClock, judgeRegion } from '../../core/operate/doctor/judge-place.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { ok } from '../../core/operate/doctor/verdict.ts';
import { controlOf, placeOf } from '../operator/isolation-bucket.ts';
import type { LookedAt } from './looked-at.ts';

/** Who asks, where, and when. */
export function placeChecks({ clients, settings }: LookedAt): readonly Check[] {
  const place = placeOf(settings);
  return [
    { name: 'credentials', judge: async () => ok(await clients.callerArn()) },
    {
      name: 'region',
      async judge() {
        const bucket = await bucketSettings(clients.s3(), place.name, place.owner).region();
        return judgeRegion(clients.region, { bucket, queue: regionOfQueue(settings.QUEUE_URL) });
      },
    },
    {
      name: 'clock',
      judge: async () => judgeClock(new Date(), (await controlOf(clients, settings).read(pauseKey)).at),
    },
  ];
}
