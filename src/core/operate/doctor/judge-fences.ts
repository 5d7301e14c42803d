import { type FenceProof, failedStep, proofLifetimeMs } from '../../fence/proof.ts';
import { look, ok, type Verdict } from './verdict.ts';

export interface FlaggedBucket {
  readonly bucket: string;
  /** What the last check of its fence found; absent if nobody checked it. */
  readonly proof?: FenceProof | undefined;
}

/** So many buckets are named; more would fill the screen. */
const named = 10;

/** Names the buckets with findings whose fence is not proved: what cannot be moved there stays readable. */
export function judgeFences(flagged: readonly FlaggedBucket[], now: Date): Verdict {
  const open = flagged.flatMap(({ bucket, proof }) => {
    const why = whyOpen(proof, now);
    return why === undefined ? [] : [`${bucket} (${why})`];
  });
  if (open.length === 0) return ok(flagged.length === 0 ? 'no findings' : `${flagged.length} proved`);
  const more = open.length > named ? ` and ${open.length - named} more` : '';
  return look(
    `Buckets with findings and without a proved fence: ${open.slice(0, named).join(', ')}${more}.`,
    'macie-isolator fence policy BUCKET, then fence check BUCKET. See docs/fence.md.',
  );
}

function whyOpen(proof: FenceProof | undefined, now: Date): string | undefined {
  if (proof === undefined) return 'not checked';
  const failed = failedStep(proof);
  if (failed !== undefined) return `failed at ${failed}`;
  return now.getTime() - proof.checkedAt.getTime() < proofLifetimeMs ? undefined : 'proof too old';
}
