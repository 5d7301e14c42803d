import type { Alert } from '../../src/core/alert.ts';
import type { Confirmation } from '../../src/core/confirmation.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { HandleSettings } from '../../src/core/handle-finding.ts';
import type { AlertResult, OutcomeEventResult, Step } from '../../src/core/observer.ts';
import type { Ports } from '../../src/core/ports.ts';
import type { EvidenceRecord } from '../../src/core/tell/record.ts';
import type { Work } from '../../src/core/work.ts';
import { type CallLog, createCallLog } from './fake-call-log.ts';
import { createFakeIsolationBucket, type FakeIsolationBucket } from './fake-isolation-bucket.ts';
import { createFakeSourceBuckets, type FakeSourceBuckets } from './fake-source-buckets.ts';
import { finding } from './findings.ts';

export interface FakeWorld {
  readonly ports: Ports;
  readonly log: CallLog;
  readonly source: FakeSourceBuckets;
  readonly isolation: FakeIsolationBucket;
  /** The alerts that were sent. */
  readonly alerts: Alert[];
  readonly steps: Step[];
  /** What became of the questions to Macie. */
  readonly confirmations: Confirmation['result'][];
  readonly eventResults: OutcomeEventResult[];
  /** Each try to fence, and each tag that hit other bytes. */
  readonly fences: string[];
  /** Buckets whose fence a canary proved. */
  readonly provedBuckets: Set<string>;
  readonly alertResults: (AlertResult | 'try-failed')[];
  /** The keys in the isolation bucket under this prefix. */
  keys(prefix: string): string[];
  /** Every record that was written, by outcome. */
  records(): Record<string, EvidenceRecord>;
}

/** All ports of the core on one S3 model, with a clock that goes one second further each time it is read. */
export function createFakeWorld(versioning: 'enabled' | 'suspended' | 'never' = 'never'): FakeWorld {
  const log = createCallLog();
  const source = createFakeSourceBuckets(log, versioning);
  const isolation = createFakeIsolationBucket(log, source);
  const alerts: Alert[] = [];
  const steps: Step[] = [];
  const confirmations: Confirmation['result'][] = [];
  const alertResults: (AlertResult | 'try-failed')[] = [];
  const eventResults: OutcomeEventResult[] = [];
  const fences: string[] = [];
  const provedBuckets = new Set<string>();
  let now = Date.parse('2026-11-20T20:00:00.000Z');
  const keys = (prefix: string) => [...isolation.objects.keys()].filter((key) => key.startsWith(prefix));

  return {
    log,
    source,
    isolation,
    alerts,
    steps,
    confirmations,
    alertResults,
    eventResults,
    fences,
    provedBuckets,
    keys,
    records() {
      const read = (key: string) => JSON.parse(isolation.objects.get(key)?.bytes ?? '') as EvidenceRecord;
      return Object.fromEntries(keys('records/').map((key) => [read(key).outcome, read(key)]));
    },
    ports: {
      sourceBuckets: source,
      isolationBucket: isolation,
      fencing: {
        tags: source.sourceTags,
        proofs: { isProved: async ({ bucket }) => provedBuckets.has(bucket) },
      },
      alerts: {
        publish: (alert) =>
          log.perform('alerts.publish', () => {
            alerts.push(alert);
            return 'sent' as const;
          }),
      },
      budget: { take: async () => ({ giveBack: () => undefined }) },
      limits: { take: async () => ({ giveBack: () => undefined }) },
      clock() {
        now += 1000;
        return new Date(now);
      },
      observer: {
        messageRead: () => undefined,
        isolationBegins: () => undefined,
        outcomeReached: () => undefined,
        stepFailed: () => undefined,
        stepDone: (step) => void steps.push(step),
        confirmationDone: (_, { result }) => void confirmations.push(result),
        alertDone: (result) => void alertResults.push(result),
        outcomeEventDone: (result) => void eventResults.push(result),
        fenceDone: (_, fence, isNew) => void fences.push(`${fence}${isNew ? ' now' : ''}`),
        fenceHitOther: (_, { versionId }) => void fences.push(`hit ${versionId}`),
        fenceMayBeLeft: () => void fences.push('may be left'),
      },
    },
  };
}

export function handleSettings(overrides: Partial<HandleSettings> = {}): HandleSettings {
  return {
    serviceVersion: '1.2.3',
    allowedSourceRegions: ['us-east-1'],
    sourceVersions: 'identical',
    fence: 'off',
    mode: 'enforce',
    decide: () => ({ action: 'isolate', rule: 'high-severity' }),
    parkAfterReceives: 20,
    ...overrides,
  };
}

export function workOn(ports: Ports, about: Finding = finding()): Work {
  return { finding: about, ports, serviceVersion: '1.2.3' };
}
