import type { Alert } from '../alert.ts';
import type { Unconfirmed } from '../confirmation.ts';
import type { Finding, RecordedFinding } from '../finding.ts';
import type { IsolationResult, Rehearsal } from '../isolation.ts';
import { type Outcome, type Readable, readableAfter, reasonText } from '../outcome.ts';
import type { Decision } from '../policy/policy.ts';
import { defang } from './defang.ts';
import { detectionText } from './record.ts';
import { oneLine, printable } from './show-text.ts';

export interface AlertInput {
  /** Absent if the message could not be read that far. */
  readonly finding?: RecordedFinding & Partial<Finding>;
  readonly outcome: Outcome;
  readonly decision?: Decision;
  readonly isolation?: IsolationResult;
  readonly isolationBucket: string;
  readonly intendedIsolationKey?: string;
  /** The key of the record about this outcome; absent if no record will be written. */
  readonly recordKey?: string;
  readonly messageId: string;
}

export function alertFor(input: AlertInput): Alert {
  const { finding, outcome, decision } = input;
  const severity = finding?.severity ?? 'None';
  const account = finding?.object?.accountId;
  const type = finding?.type;
  const known = [
    type && `${severity} ${type.split('/').at(-1)}`,
    account !== undefined && `account ${account}`,
  ].filter((part) => typeof part === 'string');
  const about = finding === undefined ? `message ${input.messageId}` : `finding ${finding.id}`;
  const of = known.length > 0 ? `${known.join(', ')}: ` : '';
  return {
    subject: printable(`[macie-isolator] ${of}${inShort(input)}`, 99),
    sms: printable(`macie-isolator: ${headline(input)}. ${[...known, about].join(', ')}`, 140),
    email: emailText(input),
    json: JSON.stringify(facts(input)),
    messageId: input.messageId,
    ...(decision?.alertTopic !== undefined && { topic: decision.alertTopic }),
    attributes: {
      severity,
      outcome: outcome.name,
      type: type ?? 'unknown',
      account: account ?? 'unknown',
      rule: printable(decision?.rule ?? 'none', 128),
    },
  };
}

/** A sentence about the present state, for each outcome. */
function headline(input: AlertInput): string {
  const { outcome } = input;
  switch (outcome.name) {
    case 'isolated':
      return input.isolation?.removal?.uncomparedVersions.length
        ? 'Object isolated, some versions not compared'
        : 'Object isolated';
    case 'already_isolated':
      return 'Object was isolated before';
    case 'dry_run':
      return dryRunHeadline(input.isolation?.rehearsal);
    case 'alerted':
      return 'Sensitive data found, object kept';
    case 'ignored':
      return 'Finding ignored';
    case 'released':
      return 'Object was released by a person';
    case 'changed':
      return 'Object changed since the scan, the new one untouched';
    case 'gone':
      return 'Object is gone and no verified copy exists';
    case 'retained':
      return isUnknown(input)
        ? `Copied, but the source may still be there (${outcome.reason})`
        : `Copied, but the source could not be removed (${outcome.reason})`;
    case 'refused':
      return isUnknown(input)
        ? `Object may NOT be isolated (${outcome.reason})`
        : `Object NOT isolated (${outcome.reason})`;
    case 'held':
      return `Object NOT isolated, a limit is reached (${outcome.reason})`;
    case 'rejected':
      return `Message rejected (${outcome.reason})`;
  }
}

function dryRunHeadline(rehearsal: Rehearsal | undefined): string {
  const expected = rehearsal?.expected ?? { name: 'isolated' };
  if (expected.name === 'isolated') return 'Dry run: object would be isolated';
  const reason = reasonText(expected);
  return `Dry run: would end as ${expected.name}${reason === undefined ? '' : ` (${reason})`}`;
}

/** A text that fits into a subject after severity, type and account. */
function inShort(input: AlertInput): string {
  const { outcome } = input;
  if (outcome.name !== 'retained') return headline(input);
  return `${isUnknown(input) ? 'Maybe NOT' : 'NOT'} removed: ${outcome.reason}`;
}

/** Whether an earlier delivery may have done the work: the source could not be read. */
function isUnknown({ outcome, isolation }: AlertInput): boolean {
  if ('reason' in outcome && outcome.reason === 'retries-exhausted') return true;
  return outcome.name === 'retained' && isolation?.removal?.kind !== 'retained';
}

/** Whether the data is readable by the outcome, as far as this handling could look. */
export function readable(input: AlertInput): Readable {
  if (isUnknown(input)) return 'unknown';
  const expected = input.isolation?.rehearsal?.expected;
  // A dry run found the object and left it there.
  if (expected) return expected.name === 'isolated' ? 'yes' : readableAfter(expected);
  const isRemoved = input.outcome.name === 'isolated' || input.outcome.name === 'already_isolated';
  return isRemoved && mayRemain(input) ? 'unknown' : readableAfter(input.outcome);
}

function facts(input: AlertInput) {
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
    uncompared_versions: nonEmpty(removal?.uncomparedVersions),
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
  if (list === undefined || list.length === 0) return undefined;
  const more = list.length - maximumListed;
  return more > 0 ? [...list.slice(0, maximumListed), `and ${more} more`] : list;
}

/**
 * Fields whose values contain a dot that this service or S3 put there, and nothing that a sender of findings
 * can choose.
 */
const ownValues: ReadonlySet<string> = new Set([
  'finding_created_at',
  'record',
  'remaining_versions',
  'would_remove_versions',
  'uncompared_versions',
  'hidden_by_delete_marker',
]);

/** The whole value must match, because a sender may append any text. */
const isMaciesType = /^SensitiveData:S3Object\/[A-Za-z]{1,40}$/;

/**
 * Shows each name and value on a line. Control characters of a key are escaped as in JSON, and no text
 * becomes a link. The JSON and the record hold the true key.
 */
function emailText(input: AlertInput): string {
  const { summary, ...rest } = facts(input);
  const lines = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const text = oneLine(value);
      return `${name.replaceAll('_', ' ')}: ${ownValues.has(name) || isMaciesType.test(text) ? text : defang(text)}`;
    });
  return [`${summary}.`, '', ...lines, '', advice(input)].join('\n');
}

function advice(input: AlertInput): string {
  switch (input.outcome.name) {
    case 'isolated':
    case 'already_isolated':
      return mayRemain(input)
        ? 'Look at the versions and replicas named above: they may hold the same data and are STILL READABLE.'
        : 'Nothing has to be done. The evidence record and the copy are in the isolation bucket.';
    case 'dry_run':
      return input.isolation?.copy
        ? 'This is a dry run: nothing was done now. An earlier delivery had begun: there is a copy, and the source may be gone.'
        : `This is a dry run: neither a copy nor a delete was tried. ${exposure(input)}.`;
    case 'released':
      return 'Nothing has to be done. A person put these very bytes back.';
    case 'alerted':
    case 'ignored':
      return 'The policy leaves this object where it is. Decide whether it may stay.';
    case 'changed':
      return 'What Macie flagged is no longer there. If what lies there now matters, let Macie scan it.';
    case 'gone':
      return 'Somebody removed the object before it could be isolated. Ask its owner where the data went.';
    case 'retained':
      return `${exposure(input)} at the source. The message waits in the dead-letter queue with its reason.`;
    case 'refused':
      return `${exposure(input)}. The message waits in the dead-letter queue with its reason.`;
    case 'held':
      return `${exposure(input)}. Nothing was done to the object, and the finding is not tried again by itself. If the ${input.outcome.reason === 'rule-limit' ? 'rule' : 'bucket'} is right, send it again with \`macie-isolator reconcile --send-held\`.`;
    case 'rejected':
      return `${notConfirmed(input.isolation?.unconfirmed)}The message waits in the dead-letter queue with its reason. No object was touched.`;
  }
}

function notConfirmed(unconfirmed: Unconfirmed | undefined): string {
  const attack = 'Somebody forged it, or it was sent by mistake. ';
  switch (unconfirmed?.why) {
    case undefined:
      return '';
    case 'differs':
      return `Macie has another finding under this id; these differ: ${unconfirmed.fields.join(', ')}. ${attack}`;
    case 'no-request':
      return `The message is about the request of an operator, and no operator has put such a request. ${attack}`;
    case 'unknown':
      return `Macie does not know this finding. ${attack}`;
    case 'expired':
      return 'Macie does not know this finding, which is older than 90 days: Macie keeps findings for 90 days only, so nobody can confirm it any more. Let Macie scan the object again. If Macie never had the finding, somebody forged it, or it was sent by mistake. ';
  }
}

/**
 * Whether data may remain: in versions that could not be compared, or in replicas, which no delete of the
 * worker reaches.
 */
function mayRemain({ isolation }: AlertInput): boolean {
  const isReplicated = isolation?.source?.replicationStatus !== undefined;
  return isReplicated || (isolation?.removal?.uncomparedVersions.length ?? 0) > 0;
}

function exposure(input: AlertInput): string {
  return exposureText[readable(input)];
}

const exposureText: Readonly<Record<Readable, string>> = {
  yes: 'The data is STILL EXPOSED',
  no: 'The data can no longer be read',
  unknown: 'The data may still be readable',
};
