import {
  GetFindingsFilterCommand,
  GetMacieSessionCommand,
  type Macie2Client,
  paginateListFindingsFilters,
} from '@aws-sdk/client-macie2';
import type { ArchivingFilter } from '../../core/operate/doctor/judge-macie.ts';

/** Returns the state of Macie in the account; `undefined` if Macie is not enabled. */
export async function macieStatus(client: Macie2Client): Promise<string | undefined> {
  try {
    return (await client.send(new GetMacieSessionCommand({}))).status;
  } catch (error) {
    // Macie says it in a sentence, under the name of a denial.
    if (error instanceof Error && /^macie is not enabled/i.test(error.message)) return undefined;
    throw error;
  }
}

/** Returns the filters that archive findings. */
export async function archivingFilters(
  client: Macie2Client,
  isolationBucket: string,
): Promise<readonly ArchivingFilter[]> {
  const found: ArchivingFilter[] = [];
  for await (const { findingsFilterListItems = [] } of paginateListFindingsFilters({ client }, {})) {
    for (const { action, id = '', name = '' } of findingsFilterListItems) {
      if (action !== 'ARCHIVE') continue;
      const { findingCriteria } = await client.send(new GetFindingsFilterCommand({ id }));
      const bucket = findingCriteria?.criterion?.['resourcesAffected.s3Bucket.name'];
      const isAboutIsolationBucketOnly = [bucket?.eq, bucket?.eqExactMatch].some(
        (names) => names?.length === 1 && names[0] === isolationBucket,
      );
      found.push({ id, name, isAboutIsolationBucketOnly });
    }
  }
  return found;
}
