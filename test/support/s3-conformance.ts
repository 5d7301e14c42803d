import { describe } from 'vitest';
import { type Cases, createCases, type S3UnderTest } from './s3-conformance/cases.ts';
import { describeConditions } from './s3-conformance/conditions.ts';
import { describeCopies } from './s3-conformance/copies.ts';
import { describeListings } from './s3-conformance/listings.ts';
import { describeLocks } from './s3-conformance/locks.ts';
import { describeObjects } from './s3-conformance/objects.ts';
import { describeParts } from './s3-conformance/parts.ts';
import { describeRequests } from './s3-conformance/requests.ts';
import { describeTags } from './s3-conformance/tags.ts';
import { describeUnreadable } from './s3-conformance/unreadable.ts';
import { describeUploads } from './s3-conformance/uploads.ts';
import { describeVersions } from './s3-conformance/versions.ts';

export interface ConformanceOptions {
  /** Names of cases that this store is known to fail. */
  readonly knownToDiffer?: readonly string[];
}

const groups: readonly ((s3: Cases) => void)[] = [
  describeObjects,
  describeConditions,
  describeCopies,
  describeVersions,
  describeLocks,
  describeUnreadable,
  describeUploads,
  describeParts,
  describeListings,
  describeTags,
  describeRequests,
];

/** What this product relies on in S3, asked of any store that claims to be one. */
export function describeS3(
  name: string,
  open: () => Promise<S3UnderTest>,
  options: ConformanceOptions = {},
): void {
  describe(`S3 as this product relies on it: ${name}`, () => {
    const s3 = createCases(open, new Set(options.knownToDiffer));
    for (const describeGroup of groups) describeGroup(s3);
  });
}
