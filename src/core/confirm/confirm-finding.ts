import type { UnconfirmedByMacie } from '../confirmation.ts';
import { findVerifiedCopy } from '../copy/found-copy.ts';
import { RetryableError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { FindingAtMacie, FindingsConfirmer } from '../findings-confirmer.ts';
import { isRepetition, type Message } from '../message.ts';
import type { Ports } from '../ports.ts';
import { isInAllowedRegion, regionOf } from '../region.ts';
import { timed } from '../timed.ts';

/** EventBridge and Macie's API show a finding at about the same time. After this time a finding that exists is known. */
const knownAfterMs = 15 * 60_000;
/** Macie keeps findings for 90 days. */
const keptMs = 90 * 24 * 60 * 60_000;

/**
 * Returns why the finding may not be acted on, or `undefined` if it may. Throws `RetryableError` if Macie cannot be asked,
 * or if it does not know a finding that is so young that it may soon know it. Neither case is taken for trust.
 */
export async function whyNotConfirmed(
  finding: Finding,
  message: Message,
  ports: Ports,
  allowedSourceRegions: readonly string[],
): Promise<UnconfirmedByMacie | undefined> {
  const { confirmer } = ports;
  // Only operators can write a request, so nobody else has to confirm it.
  if (confirmer === undefined || finding.request !== undefined) return undefined;
  // The sender chooses the region. An object of a region that is not allowed is refused anyway, so Macie is not asked there.
  if (!isInAllowedRegion(finding.object, ports, { allowedSourceRegions })) return undefined;
  const region = regionOf(finding.object, ports);
  const unconfirmed = await timed(ports, 'confirm', () => ask(finding, region, message, ports, confirmer));
  if (unconfirmed === undefined || unconfirmed.why === 'differs') return unconfirmed;
  // A copy for this finding shows that an earlier delivery trusted it. Macie may have forgotten the finding since.
  return (await isBegun(finding, message, ports)) ? undefined : unconfirmed;
}

async function ask(
  finding: Finding,
  region: string,
  message: Message,
  { clock, observer }: Ports,
  confirmer: FindingsConfirmer,
): Promise<UnconfirmedByMacie | undefined> {
  let told: FindingAtMacie | 'not-actionable' | undefined;
  try {
    told = await confirmer.find(finding.id, region);
  } catch (error) {
    observer.confirmationDone(message, { result: 'failed' });
    throw error;
  }
  const unconfirmed = told === undefined ? whyUnknown(finding, message, clock()) : difference(finding, told);
  if (unconfirmed === 'too-young') {
    observer.confirmationDone(message, { result: 'not-known-yet' });
    throw new RetryableError('FindingNotKnownYet', 'Macie does not know the finding yet');
  }
  observer.confirmationDone(message, {
    result: unconfirmed?.why ?? 'confirmed',
    ...(unconfirmed && { unconfirmed }),
  });
  return unconfirmed;
}

/** The message chooses the date of its finding, so a date in the future must not keep the message waiting for ever. */
function whyUnknown(finding: Finding, message: Message, now: Date): UnconfirmedByMacie | 'too-young' {
  const createdAt = finding.createdAt.getTime();
  if (now.getTime() - createdAt >= keptMs) return { why: 'expired' };
  const ageMs = now.getTime() - Math.min(createdAt, message.sentAt.getTime());
  return ageMs >= knownAfterMs ? { why: 'unknown' } : 'too-young';
}

function difference(
  finding: Finding,
  told: FindingAtMacie | 'not-actionable',
): UnconfirmedByMacie | undefined {
  if (told === 'not-actionable') return { why: 'differs', fields: ['kind'] };
  const { object } = finding;
  const equal = {
    id: told.id === finding.id,
    type: told.type === finding.type,
    severity: told.severity === finding.severity,
    account: told.object.accountId === object.accountId,
    bucket: told.object.bucket === object.bucket,
    key: told.object.key === object.key,
    version: told.object.versionId === object.versionId,
    ETag: told.object.eTag?.toLowerCase() === object.eTag?.toLowerCase(),
  };
  const fields = Object.entries(equal).flatMap(([field, isEqual]) => (isEqual ? [] : [field]));
  return fields.length === 0 ? undefined : { why: 'differs', fields };
}

async function isBegun(finding: Finding, message: Message, { isolationBucket }: Ports): Promise<boolean> {
  if (!isRepetition(message)) return false;
  const found = await findVerifiedCopy(finding.object, isolationBucket);
  return found.kind === 'verified' && found.copy.provenance.findingId === finding.id;
}
