import { errorCode } from '../../core/errors.ts';
import type { ObjectAddress } from '../../core/finding.ts';
import type { EventLog } from '../event-log.ts';
import type { Metrics } from '../metrics.ts';

/** The events of the isolation side: its bucket cannot be used, and the worker halts and resumes. */
export function createIsolationSideEvents({ log, heldBack }: EventLog, metrics: Metrics) {
  const halts = (value: 0 | 1) => {
    metrics.isolationFault.set(value);
    metrics.isolationRefused.set(value);
  };

  return {
    isolationBucketUnusable(error: unknown) {
      const code = errorCode(error);
      const repeated = heldBack('isolation bucket', code);
      if (repeated === undefined) return;
      const fields = { code, repeated, err: error };
      log('error', 'isolation_bucket_unusable', fields, 'the isolation bucket cannot be used');
    },
    haltBegan(code: string, refusedBy: 'isolation-side' | 'macie') {
      halts(1);
      const text = 'nothing can be isolated; receives nothing until a probe succeeds';
      log('error', 'isolation_refused', { code, refusedBy }, text);
    },
    probeFailed(error: unknown) {
      const fields = { code: errorCode(error), err: error };
      log('warn', 'isolation_probe_failed', fields, 'a probe failed: nothing can be isolated yet');
    },
    copiesOfSourceRefused(code: string, { accountId, bucket }: ObjectAddress) {
      const text = 'copies are refused, but the isolation side takes the probe: look at the source';
      log('warn', 'copies_refused', { code, accountId, bucket }, text);
    },
    haltEnded() {
      halts(0);
      log('info', 'isolation_allowed', {}, 'objects can be isolated again');
    },
  };
}
