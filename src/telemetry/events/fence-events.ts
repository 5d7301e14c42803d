import type { Fence } from '../../core/fences.ts';
import type { Finding } from '../../core/finding.ts';
import type { FenceHit } from '../../core/observer.ts';
import type { EventLog } from '../event-log.ts';
import type { Metrics } from '../metrics.ts';

/** Events of the fence: it is put around a flagged version, it is refused, or its tag hit other bytes. */
export function createFenceEvents({ log }: EventLog, metrics: Metrics) {
  return {
    fenceDone(finding: Finding, fence: Fence, isNew: boolean) {
      const isRefused = fence === 'open' || fence === 'no-room';
      // A fence that an earlier handling put is no news.
      if (!isNew && !isRefused) return;
      metrics.fences.inc({ result: fence });
      log(isRefused ? 'warn' : 'info', 'fence_tried', { ...about(finding), fence }, fence);
    },
    fenceHitOther(finding: Pick<Finding, 'id' | 'object'>, { tagsBefore, versionId }: FenceHit) {
      metrics.fences.inc({ result: 'hit-other' });
      // A tag can hold a line break. As JSON it stays one line, and an operator can put the tags back from it.
      const tags = tagsBefore && JSON.stringify(Object.fromEntries(tagsBefore));
      log('warn', 'fence_hit_other', { ...about(finding), versionId, tags }, 'the tag is taken away');
    },
    fenceMayBeLeft(finding: Pick<Finding, 'id' | 'object'>) {
      log(
        'warn',
        'fence_may_be_left',
        about(finding),
        'look for the tag on the current and the null version',
      );
    },
  };
}

function about({ id, object }: Pick<Finding, 'id' | 'object'>) {
  const { accountId, bucket, key } = object;
  return { findingId: id, accountId, bucket, key };
}
