import { RetryableError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { Message } from '../message.ts';
import { parseFinding } from '../parse/parse-finding.ts';
import type { FindingsConfirmer } from '../ports.ts';

/** Macie shows a finding to EventBridge and to its API at about the same time; this is ample. */
const knownAfterMs = 15 * 60_000;

/**
 * Whether Macie has this finding and tells the same of it. Throws `RetryableError` where Macie cannot be asked, or does
 * not know a finding that is so young that it may know it soon. Neither is ever taken for trust.
 */
export async function isConfirmed(
  finding: Finding,
  message: Message,
  confirmer: FindingsConfirmer,
  now: Date,
): Promise<boolean> {
  const told = await confirmer.find(finding);
  if (told !== undefined) return agrees(finding, told);
  // The message chooses its finding's date, so a date in the future must not keep it waiting for ever.
  const bornAt = Math.min(finding.createdAt.getTime(), message.sentAt.getTime());
  if (now.getTime() - bornAt >= knownAfterMs) return false;
  throw new RetryableError('FindingNotKnownYet', 'Macie does not know the finding yet');
}

/**
 * Both are read by one parser, so that absent, null, empty and quoted values come to the same. A sample is no finding,
 * whatever the message says of it. Archived ones are real: a person may archive a finding whose message still waits.
 */
function agrees(finding: Finding, told: Readonly<Record<string, unknown>>): boolean {
  const parsed = parseFinding(JSON.stringify({ ...told, archived: false }), finding.createdAt);
  if (parsed.kind !== 'finding') return false;
  const { id, type, severity, object } = parsed.finding;
  return (
    id === finding.id &&
    type === finding.type &&
    severity === finding.severity &&
    object.accountId === finding.object.accountId &&
    object.bucket === finding.object.bucket &&
    object.key === finding.object.key &&
    object.versionId === finding.object.versionId &&
    object.eTag?.toLowerCase() === finding.object.eTag?.toLowerCase()
  );
}
