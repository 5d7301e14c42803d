import { awsLogEvents } from './log-events/aws.ts';
import { confirmationLogEvents } from './log-events/confirmation.ts';
import { fenceLogEvents } from './log-events/fence.ts';
import { findingLogEvents } from './log-events/finding.ts';
import { isolationSideLogEvents } from './log-events/isolation-side.ts';
import { lifeLogEvents } from './log-events/life.ts';
import type { LogEvent } from './log-events/log-event.ts';
import { policyLogEvents } from './log-events/policy.ts';
import { queueLogEvents } from './log-events/queue.ts';
import { valveLogEvents } from './log-events/valve.ts';

/**
 * Every event that is logged, with its fields. Operators build searches, metric filters and alarms on them.
 * docs/logs.md is generated from this catalogue, and events.ts can log nothing else.
 */
export const logEvents = {
  ...lifeLogEvents,
  ...policyLogEvents,
  ...valveLogEvents,
  ...queueLogEvents,
  ...findingLogEvents,
  ...confirmationLogEvents,
  ...isolationSideLogEvents,
  ...fenceLogEvents,
  ...awsLogEvents,
} as const satisfies Record<string, LogEvent>;

export type LogEventName = keyof typeof logEvents;
export type LevelOf<Name extends LogEventName> = (typeof logEvents)[Name]['levels'][number];
/** A caller must give each documented field, if only as `undefined`, and can give no other field. */
export type FieldsOf<Name extends LogEventName> = {
  readonly [Field in keyof (typeof logEvents)[Name]['fields']]: unknown;
};
