import type { Finding, RecordedFinding } from '../finding.ts';
import {
  type IsolationResult,
  isContained,
  type Provenance,
  uncomparedVersions,
  type WhatRemains,
} from '../isolation.ts';
import { type Outcome, type Readable, readableAfter } from '../outcome.ts';
import type { Decision } from '../policy/policy.ts';

/** As much of an isolation as an alert tells. The record of the isolation holds it too. */
export interface AlertedIsolation extends WhatRemains, Pick<IsolationResult, 'unconfirmed'> {
  readonly copy?: { readonly key: string; readonly provenance: Pick<Provenance, 'leftBehind'> };
}

/** What an alert is made from. */
export interface AlertInput {
  /** Absent if the message could not be read that far. */
  readonly finding?: RecordedFinding & Partial<Finding>;
  readonly outcome: Outcome;
  readonly decision?: Decision;
  readonly isolation?: AlertedIsolation;
  readonly isolationBucket: string;
  readonly intendedIsolationKey?: string;
  /** The key of the record about this outcome; absent if no record will be written. */
  readonly recordKey?: string;
  readonly messageId: string;
}

/** As much of an alert as tells whether the data can be read. */
export type WhatCameOfIt = Pick<AlertInput, 'outcome' | 'isolation'>;

/** Whether the last look at the source showed nothing, or was refused: an earlier delivery may have done the work. */
export function isUnknown({ outcome, isolation }: WhatCameOfIt): boolean {
  if ('reason' in outcome && outcome.reason === 'retries-exhausted') return true;
  const seen = isolation?.removal?.remainingVersions ?? [];
  return outcome.name === 'retained' && (isolation?.unseen === true || seen.length === 0);
}

/** Whether the data is readable by the outcome, as far as this handling could look. */
export function readable(input: WhatCameOfIt): Readable {
  const { isolation } = input;
  // A proved fence says more than the outcome.
  if (isolation?.fence?.fence === 'fenced') return isContained(isolation) ? 'no' : 'unknown';
  if (isUnknown(input)) return 'unknown';
  const expected = isolation?.rehearsal?.expected;
  // A dry run found the object and left it there.
  if (expected?.name === 'isolated') return 'yes';
  const answer = readableAfter(expected ?? input.outcome);
  return isUnseen(input) || (answer === 'no' && mayRemain(input)) ? 'unknown' : answer;
}

/**
 * Whether the policy fences the object, and its region is not allowed. Of an object that the policy leaves, and that has no
 * fence, `unseen` says nothing else: the worker looks at each object that it may fence.
 */
export function isOutsideRegions({ isolation, outcome }: WhatCameOfIt): boolean {
  return outcome.name === 'alerted' && isolation?.unseen === true && isolation.fence === undefined;
}

/**
 * Whether the policy fences the object, and the worker looked and fenced nothing: the flagged bytes were not there, or a
 * person released them.
 */
export function isWithoutFence(input: Pick<AlertInput, 'outcome' | 'isolation' | 'decision'>): boolean {
  const { decision, isolation, outcome } = input;
  const isTried = outcome.name === 'alerted' && decision?.action === 'fence' && !isOutsideRegions(input);
  return isTried && isolation?.fence === undefined;
}

/** Whether nobody could look at the source. What a refusal means for readers, the table of outcomes says. */
function isUnseen({ isolation }: WhatCameOfIt): boolean {
  const { rehearsal, unseen = false } = isolation ?? {};
  return unseen || (rehearsal?.read.object === false && rehearsal.expected.name !== 'refused');
}

/**
 * Whether data may remain: in versions that could not be compared, or in replicas, which no delete of the
 * worker reaches.
 */
export function mayRemain({ isolation }: Pick<WhatCameOfIt, 'isolation'>): boolean {
  const isReplicated = isolation?.source?.replicationStatus !== undefined;
  return isReplicated || (isolation !== undefined && uncomparedVersions(isolation).length > 0);
}
