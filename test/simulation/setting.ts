import type { HandleSettings } from '../../src/core/handle-finding.ts';
import { carryOut, type Rules } from './deeds.ts';
import { type FlaggedTruth, findingsOf, messageOf } from './history/truth.ts';
import { isolationBucketSpec } from './model/ports.ts';
import { createModelQueue, type ModelQueue } from './model/queue.ts';
import { createModelS3, type ModelS3, type S3Watcher } from './model/s3.ts';
import type { World } from './world.ts';

/** A world at the moment when Macie has looked and nobody has acted yet. */
export interface Setting {
  readonly s3: ModelS3;
  readonly queue: ModelQueue;
  readonly rules: Rules;
  readonly settings: HandleSettings;
  /** By the finding's place in the world; those about nothing are left out. */
  readonly truths: readonly (FlaggedTruth | undefined)[];
  flaggedBy(messageId: string): FlaggedTruth | undefined;
}

export function setUp(world: World, watcher: () => S3Watcher | undefined): Setting {
  const rules: Rules = {
    isolates: true,
    mode: 'enforce',
    refused: new Set(),
    paused: false,
    hour: 0,
    leased: 0,
  };
  const { limitPerHour } = world;
  const s3 = createModelS3([...world.buckets, isolationBucketSpec], {
    destroyed: (...what) => watcher()?.destroyed(...what),
    hidden: (...what) => watcher()?.hidden(...what),
  });
  for (const deed of world.before) carryOut(deed, 'before', s3, rules);
  const truths = findingsOf(world, s3);
  const messages = world.messages.flatMap((finding, index) => {
    const flagged = truths[finding];
    return flagged ? [{ flagged, message: messageOf(flagged, index) }] : [];
  });
  const flaggedBy = new Map(messages.map(({ flagged, message }) => [message.id, flagged]));
  return {
    s3,
    rules,
    truths,
    queue: createModelQueue(
      messages.map(({ message }) => message),
      world.maximumReceives,
    ),
    settings: {
      serviceVersion: '1.0.0',
      allowedSourceRegions: ['us-east-1'],
      sourceVersions: world.sourceVersions,
      fence: world.fence ?? 'off',
      get mode() {
        return rules.mode;
      },
      decide: () =>
        rules.isolates
          ? { action: 'isolate', rule: 'all', ...(limitPerHour !== undefined && { limitPerHour }) }
          : { action: 'alert', rule: 'none' },
      parkAfterReceives: world.parkAfterReceives,
    },
    // What a person sends back has the name of the message that it was, with an `r` for each time; what was held, an `h`.
    flaggedBy: (messageId) => flaggedBy.get(messageId.replace(/[rh]+$/, '')),
  };
}
