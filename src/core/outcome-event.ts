import * as z from 'zod';
import { fences } from './fences.ts';
import { type OutcomeName, outcomes } from './outcome.ts';

/** The `source` of every event that this service sends. */
export const eventSource = 'macie-isolator';

const names = Object.keys(outcomes) as [OutcomeName, ...OutcomeName[]];
const text = (description: string) => z.string().nullable().meta({ description });
const number = (description: string) => z.number().nullable().meta({ description });

/**
 * The `detail` of an outcome event, version 1. Its fields have the names of the evidence record. Fields are
 * only ever added to a version; a field that changes its meaning or goes makes a new version. The event holds
 * no matched text, no column and no path into the object.
 */
export const outcomeEventSchema = z.object({
  version: z.literal('1').meta({ description: 'The version of this schema.' }),
  id: z.string().meta({
    description:
      'The key of the evidence record in the isolation bucket, and the same each time the event is sent. For a message without a finding id: `messages/<SQS message id>`.',
  }),
  outcome: z.enum(names).meta({ description: 'The outcome. The `detail-type` says the same in words.' }),
  reason: text(
    'The reason of the outcome, or the code of the last error where the retries are exhausted; null where the outcome has no reasons.',
  ),
  readable: z.enum(['yes', 'no', 'unknown']).meta({
    description: 'Whether the flagged data can still be read at the place where Macie found it.',
  }),
  finding_id: text('The id of the finding in Macie.'),
  finding_type: text('The type of the finding, for example `SensitiveData:S3Object/Personal`.'),
  severity: text('`Low`, `Medium` or `High`.'),
  finding_created_at: text('When Macie created the finding.'),
  detections: z.array(z.string()).meta({
    description:
      'What was found: kind, name and count, for example `custom:Patient ID:12`. Never the matched text.',
  }),
  detections_omitted: z.number().meta({ description: 'How many detections are not in the list.' }),
  account_id: text('The account that owns the bucket.'),
  region: text('The region of the bucket.'),
  bucket: text('The bucket of the flagged object.'),
  key: text(
    'The key of the flagged object, as S3 has it. Users of the bucket choose it: do not trust the text.',
  ),
  version_id: text('The version that Macie flagged.'),
  etag: text('The ETag that Macie flagged, without quotes.'),
  size_bytes: number('The size of the object.'),
  isolation_bucket: text('The bucket of the isolated copy.'),
  isolation_key: text('The key of the isolated copy; for `dry_run` the key that the copy would have.'),
  removed_versions: z.number().meta({ description: 'How many versions were removed at the source.' }),
  remaining_versions: z
    .number()
    .meta({ description: 'How many versions of the key are left at the source.' }),
  uncompared_versions: z.number().meta({
    description:
      'How many of them may hold the flagged bytes: they were not compared, or a person released them.',
  }),
  fence: z.enum(fences).nullable().meta({
    description:
      'The fence of an object that stays: `fenced` (it is proved that nobody but the spared roles can read it), `tagged` (that is not proved), `open` (the tag was refused, or nobody could learn whether it is there), `no-room` (the object has ten other tags); null if none was tried.',
  }),
  expected_outcome: text('Only for `dry_run`: how an isolation would end.'),
  expected_reason: text('Only for `dry_run`: the reason of that outcome.'),
  policy_action: text('The action of the policy.'),
  policy_rule: text('The rule of the policy that decided.'),
  policy_hash: text('The hash of the policy.'),
  policy_exception: text('The entry of `never` that kept the object.'),
  policy_reason: text('The reason that this entry gives.'),
  origin: text('`eventbridge`, `backfill`, `replay` or `manual`.'),
  alert_result: text('What became of the alert: `sent`, `folded` into a digest, `failed`, `none`.'),
  removed_at: text('When the object was removed.'),
  finding_to_removal_seconds: number('Seconds from the creation of the finding to the removal.'),
  recorded_at: z.string().meta({ description: 'When the outcome was recorded; the `time` of the event.' }),
  service_version: text('The version of macie-isolator.'),
});

export type OutcomeEvent = z.output<typeof outcomeEventSchema>;

export function detailTypeOf(event: OutcomeEvent): string {
  return outcomes[event.outcome].detailType;
}

/** The event bus on which other systems learn of outcomes. */
export interface OutcomeBus {
  /** Resolves once the bus has accepted the event; throws `RetryableError` within 5 s. */
  send(event: OutcomeEvent): Promise<void>;
}
