import { errorCode } from '../../core/errors.ts';
import type { EventLog } from '../event-log.ts';
import type { Metrics } from '../metrics.ts';

/** The events of the worker's life: it starts, becomes ready, asks ECS for time, shuts down. */
export function createLifeEvents({ log }: EventLog, metrics: Metrics) {
  return {
    started(settings: {
      readonly concurrency: number;
      readonly mode: string;
      readonly isolationBucket: string;
      readonly workersExpected: number;
    }) {
      metrics.concurrencyLimit.set(settings.concurrency);
      metrics.workersExpected.set(settings.workersExpected);
      log('info', 'started', { ...settings, nodeVersion: process.version }, 'started');
    },
    confirmationIsOff() {
      log(
        'warn',
        'confirmation_off',
        {},
        'Macie is not asked: whoever can put a finding on the queue is believed',
      );
    },
    concurrencyChanged(limit: number) {
      metrics.concurrencyLimit.set(limit);
    },
    placeSlowed(accountId: string, bucket: string | undefined, slowedAccounts: number) {
      metrics.accountsSlowed.set(slowedAccounts);
      const text =
        'calls fail or are slow: few messages of this place are in work at a time, the others back off';
      log('warn', 'place_slowed', { accountId, bucket }, text);
    },
    placeRecovered(accountId: string, bucket: string | undefined, slowedAccounts: number) {
      metrics.accountsSlowed.set(slowedAccounts);
      log('info', 'place_recovered', { accountId, bucket }, 'the place is not slowed any more');
    },
    listening(at: { readonly host: string; readonly port: number }) {
      log('info', 'listening', at, 'listening');
    },
    readinessChanged(ready: boolean, failing: readonly string[]) {
      log(ready ? 'info' : 'warn', 'readiness_changed', { ready, failing }, ready ? 'ready' : 'not ready');
    },
    taskProtectionChanged(isProtected: boolean) {
      const message = isProtected ? 'protected from scale-in' : 'no longer protected from scale-in';
      log('info', 'task_protection_changed', { protected: isProtected }, message);
    },
    taskProtectionFailed(error: unknown) {
      const fields = { code: errorCode(error), err: error };
      const text = 'a copy may be cut short by scale-in; it would be resumed';
      log('warn', 'task_protection_failed', fields, text);
    },
    logResumed(count: number) {
      log('warn', 'log_lines_dropped', { count }, 'log lines were dropped');
    },
    shuttingDown(cause: string) {
      metrics.shuttingDown.set(1);
      log('info', 'shutting_down', { cause }, 'shutting down');
    },
    stopped() {
      log('info', 'stopped', {}, 'stopped');
    },
  };
}
