import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { bucketChecks } from './bucket-checks.ts';
import { fenceChecks } from './fence-checks.ts';
import { keyChecks } from './key-checks.ts';
import type { LookedAt } from './looked-at.ts';
import { macieChecks } from './macie-checks.ts';
import { placeChecks } from './place-checks.ts';
import { queueChecks } from './queue-checks.ts';
import { roleChecks } from './role-checks.ts';
import { topicChecks } from './topic-checks.ts';
import { trailChecks } from './trail-checks.ts';
import { triedChecks } from './tried-checks.ts';
import { versionChecks } from './version-checks.ts';

/** The checks of an installation, in the order in which a fault of one explains those of others. */
export function checksOf(looked: LookedAt): readonly Check[] {
  return [
    placeChecks,
    macieChecks,
    queueChecks,
    bucketChecks,
    keyChecks,
    topicChecks,
    roleChecks,
    trailChecks,
    versionChecks,
    fenceChecks,
    triedChecks,
  ].flatMap((checks) => checks(looked));
}
