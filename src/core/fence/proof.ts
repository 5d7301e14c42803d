import { z } from 'zod';
import type { FencedBucket } from '../fences.ts';
import { jsonOf } from '../json.ts';

/** The steps of the probe with its canary in a bucket, in this order, each with the answer of S3 if the fence holds. */
export const fenceSteps = [
  { step: 'put', wanted: 'allowed' },
  { step: 'read', wanted: 'allowed' },
  { step: 'tag', wanted: 'allowed' },
  { step: 'read-tagged', wanted: 'denied' },
  { step: 'untag', wanted: 'denied' },
] as const;

export type FenceStep = (typeof fenceSteps)[number]['step'];

export interface StepTaken {
  readonly step: FenceStep;
  readonly wanted: 'allowed' | 'denied';
  /** `allowed`, `denied`, or the code of another error. A step after the one that failed is `not-taken`. */
  readonly got: string;
}

/** The result of one check of a bucket's fence (`control/fences/<bucket>.json`). */
export interface FenceProof extends FencedBucket {
  readonly checkedAt: Date;
  /** The ARN of the role that handled the canary. */
  readonly probe: string;
  readonly steps: readonly StepTaken[];
}

/** A proof is believed for two days: a daily check may fail once. */
export const proofLifetimeMs = 2 * 24 * 3_600_000;
/** A check that seems to come from later than this was not made by a clock that can be believed. */
const maximumSkewMs = 5 * 60_000;

/** Returns the step that S3 did not answer as it must, or `undefined` if the fence was proved. */
export function failedStep({ steps }: Pick<FenceProof, 'steps'>): FenceStep | undefined {
  return fenceSteps.find(
    ({ step, wanted }, index) => steps[index]?.step !== step || steps[index]?.got !== wanted,
  )?.step;
}

/** Whether a check of this very bucket proved its fence, and is not too old. */
export function isProvedBy(
  proof: FenceProof | undefined,
  { accountId, bucket }: FencedBucket,
  now: Date,
): boolean {
  if (proof?.bucket !== bucket || proof.accountId !== accountId) return false;
  const ageMs = now.getTime() - proof.checkedAt.getTime();
  return failedStep(proof) === undefined && ageMs < proofLifetimeMs && ageMs >= -maximumSkewMs;
}

const stored = z.object({
  version: z.literal(1),
  account_id: z.string(),
  bucket: z.string(),
  checked_at: z.iso.datetime().transform((text) => new Date(text)),
  probe: z.string(),
  steps: z.array(
    z.object({
      step: z.enum(fenceSteps.map(({ step }) => step)),
      wanted: z.enum(['allowed', 'denied']),
      got: z.string(),
    }),
  ),
});

/** Returns `undefined` if the text is not a proof of this version. */
export function parseProof(json: string | undefined): FenceProof | undefined {
  const { data } = stored.safeParse(jsonOf(json));
  if (data === undefined) return undefined;
  const { account_id: accountId, bucket, checked_at: checkedAt, probe, steps } = data;
  return { accountId, bucket, checkedAt, probe, steps };
}

/** `proved` and `failed_step` are for people; whoever reads a proof goes by its steps. */
export function formatProof(proof: FenceProof): string {
  const { accountId, bucket, checkedAt, probe, steps } = proof;
  const failed = failedStep(proof);
  return JSON.stringify({
    version: 1,
    account_id: accountId,
    bucket,
    checked_at: checkedAt.toISOString(),
    probe,
    proved: failed === undefined,
    failed_step: failed ?? null,
    steps,
  });
}
