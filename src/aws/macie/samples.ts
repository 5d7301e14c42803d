import {
  CreateSampleFindingsCommand,
  GetFindingsCommand,
  ListFindingsCommand,
  type Macie2Client,
} from '@aws-sdk/client-macie2';
import type { Sample } from '../../core/operate/doctor/follow-sample.ts';
import { listOf } from '../sdk/answered.ts';

/** A type whose findings are each new: Macie counts a policy finding up that comes again. */
const type = 'SensitiveData:S3Object/Personal';

/** Has Macie make one sample finding. Errors of the SDK are passed on. */
export async function createSample(client: Macie2Client): Promise<void> {
  await client.send(new CreateSampleFindingsCommand({ findingTypes: [type] }));
}

/** Returns the latest sample findings, at most fifty. Not every field can be filtered by, and `sample` may not. */
export async function listSamples(client: Macie2Client, since: Date): Promise<readonly Sample[]> {
  const listed = await client.send(
    new ListFindingsCommand({
      findingCriteria: { criterion: { type: { eq: [type] }, createdAt: { gte: since.getTime() } } },
      sortCriteria: { attributeName: 'createdAt', orderBy: 'DESC' },
      maxResults: 50,
    }),
  );
  const findingIds = [...listOf(listed.findingIds, 'ListFindings')];
  if (findingIds.length === 0) return [];
  const { findings } = await client.send(new GetFindingsCommand({ findingIds }));
  return listOf(findings, 'GetFindings').flatMap(({ createdAt, id, sample }) =>
    sample === true && id !== undefined && createdAt !== undefined ? [{ id, createdAt }] : [],
  );
}
