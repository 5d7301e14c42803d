import { GetFindingStatisticsCommand, type Macie2Client } from '@aws-sdk/client-macie2';
import { listOf } from '../sdk/answered.ts';

/** Returns the buckets with most findings about data, most first. Errors of the SDK are passed on. */
export async function flaggedBuckets(client: Macie2Client, atMost: number): Promise<readonly string[]> {
  const { countsByGroup } = await client.send(
    new GetFindingStatisticsCommand({
      groupBy: 'resourcesAffected.s3Bucket.name',
      findingCriteria: {
        criterion: {
          category: { eq: ['CLASSIFICATION'] },
          archived: { eq: ['false'] },
          sample: { eq: ['false'] },
        },
      },
      sortCriteria: { attributeName: 'count', orderBy: 'DESC' },
      size: atMost,
    }),
  );
  return listOf(countsByGroup, 'GetFindingStatistics').flatMap(({ groupKey }) =>
    groupKey ? [groupKey] : [],
  );
}
