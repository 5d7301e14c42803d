import {
  CreateClassificationJobCommand,
  DescribeClassificationJobCommand,
  type Macie2Client,
  paginateListClassificationJobs,
} from '@aws-sdk/client-macie2';
import type { JobDefinition, JobSeen } from '../../core/operate/macie/jobs.ts';
import { listOf, valueOf } from '../sdk/answered.ts';

/** Returns the jobs of the account, newest first; with a name, only those with exactly this name. */
export async function listJobs(client: Macie2Client, name?: string): Promise<readonly JobSeen[]> {
  const found: JobSeen[] = [];
  const includes = [{ key: 'name' as const, comparator: 'EQ' as const, values: [name ?? ''] }];
  for await (const { items } of paginateListClassificationJobs(
    { client },
    {
      sortCriteria: { attributeName: 'createdAt', orderBy: 'DESC' },
      ...(name !== undefined && { filterCriteria: { includes } }),
    },
  )) {
    for (const item of listOf(items, 'ListClassificationJobs')) {
      found.push({
        id: valueOf(item.jobId, 'ListClassificationJobs', 'id'),
        name: item.name ?? '',
        isDaily: item.jobType === 'SCHEDULED',
        state: valueOf(item.jobStatus, 'ListClassificationJobs', 'state'),
        ...(item.createdAt && { createdAt: item.createdAt }),
        hadErrors: item.lastRunErrorStatus?.code === 'ERROR',
        buckets: (item.bucketDefinitions ?? []).flatMap(({ buckets = [] }) => buckets),
      });
    }
  }
  return found;
}

/** Creates the job and returns its id. A repeat with the same token creates no second one. */
export async function createJob(
  client: Macie2Client,
  job: JobDefinition,
  clientToken: string,
): Promise<string> {
  const { accountId, buckets, extensions, identifierIds, isDaily, managed, name, samplingPercentage } = job;
  const { jobId } = await client.send(
    new CreateClassificationJobCommand({
      clientToken,
      name,
      jobType: isDaily ? 'SCHEDULED' : 'ONE_TIME',
      // Objects that exist already are scanned too. Without this, a daily job sees only objects that come from now on.
      ...(isDaily && { scheduleFrequency: { dailySchedule: {} }, initialRun: true }),
      samplingPercentage,
      managedDataIdentifierSelector: managed,
      ...(identifierIds.length > 0 && { customDataIdentifierIds: [...identifierIds] }),
      s3JobDefinition: {
        bucketDefinitions: [{ accountId, buckets: [...buckets] }],
        ...(extensions.length > 0 && { scoping: { includes: { and: [extensionTerm(extensions)] } } }),
      },
      tags: { 'macie-isolator': 'jobs' },
    }),
  );
  return valueOf(jobId, 'CreateClassificationJob', 'id');
}

function extensionTerm(extensions: readonly string[]) {
  return {
    simpleScopeTerm: {
      comparator: 'EQ' as const,
      key: 'OBJECT_EXTENSION' as const,
      values: [...extensions],
    },
  };
}

/** Returns what the job does now. */
export async function describeJob(client: Macie2Client, jobId: string) {
  const answer = await client.send(new DescribeClassificationJobCommand({ jobId }));
  const { approximateNumberOfObjectsToProcess: left, numberOfRuns: runs } = answer.statistics ?? {};
  return {
    state: valueOf(answer.jobStatus, 'DescribeClassificationJob', 'state'),
    hadErrors: answer.lastRunErrorStatus?.code === 'ERROR',
    ...(left !== undefined && { left }),
    ...(runs !== undefined && { runs }),
  };
}
