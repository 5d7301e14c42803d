import { type Rehearsal, uncomparedVersions } from '../isolation.ts';
import { reasonText } from '../outcome.ts';
import { type AlertInput, readable } from './alert-input.ts';
import { headline } from './alert-words.ts';
import { detectionText } from './record.ts';

export type AlertFacts = ReturnType<typeof alertFacts>;

/** The facts of an alert, as its JSON and the lines of the e-mail show them. */
export function alertFacts(input: AlertInput) {
  const { finding, outcome, decision, isolation } = input;
  const object = finding?.object;
  const isolationKey = isolation?.copy?.key;
  const { rehearsal, removal } = isolation ?? {};
  return {
    outcome: outcome.name,
    reason: reasonText(outcome),
    summary: headline(input),
    severity: finding?.severity,
    finding_id: finding?.id,
    finding_type: finding?.type,
    finding_created_at: finding?.createdAt.toISOString(),
    detections: finding?.detections?.map(detectionText),
    detections_omitted: finding?.detectionsOmitted || undefined,
    account_id: object?.accountId,
    region: object?.region,
    bucket: object?.bucket,
    key: object?.key,
    version_id: object?.versionId,
    isolation_bucket: input.isolationBucket,
    isolation_key: isolationKey,
    would_be_isolation_key: isolationKey === undefined ? input.intendedIsolationKey : undefined,
    expected_outcome: rehearsal?.expected.name,
    expected_reason: rehearsal && reasonText(rehearsal.expected),
    would_remove_versions: nonEmpty(rehearsal?.wouldRemove),
    could_not_read: nonEmpty(rehearsal && unread(rehearsal)),
    remaining_versions: nonEmpty(removal?.remainingVersions),
    uncompared_versions: nonEmpty(isolation && uncomparedVersions(isolation)),
    fence: isolation?.fence?.fence,
    hidden_by_delete_marker: removal?.markerVersionId,
    replication_status: isolation?.source?.replicationStatus,
    properties_left_behind: nonEmpty(isolation?.copy?.provenance.leftBehind),
    policy_rule: decision?.rule,
    policy_hash: decision?.policy,
    policy_exception: decision?.exception?.name,
    policy_reason: decision?.exception?.reason,
    policy_missing: decision?.missing,
    requested_by: finding?.request?.who,
    request_reason: finding?.request?.why,
    readable: readable(input),
    record: input.recordKey,
    message_id: input.messageId,
  };
}

function unread({ read }: Rehearsal): string[] {
  return Object.entries(read).flatMap(([name, could]) => (could ? [] : [name]));
}

/** SNS accepts 256 KiB, and a key may have thousands of versions. The record lists them all. */
const maximumListed = 20;

function nonEmpty(list: readonly string[] | undefined): readonly string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : firstOf(list);
}

/** The first values of a list, and how many more there are. */
export function firstOf(list: readonly string[]): readonly string[] {
  const more = list.length - maximumListed;
  return more > 0 ? [...list.slice(0, maximumListed), `and ${more} more`] : list;
}
