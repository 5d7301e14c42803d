import { GetFindingsCommand, ListFindingsCommand, type Macie2Client } from '@aws-sdk/client-macie2';
import type { FindingsArchive, ListedFinding } from '../../core/operate/list-findings.ts';
import { listOf } from '../sdk/answered.ts';

/** Macie takes and gives no more ids in one call. */
const maximumIds = 50;

/** Lists findings with the operator's permissions. Errors of the SDK are passed on. */
export function createFindingsArchive(clientFor: (region: string) => Promise<Macie2Client>): FindingsArchive {
  return {
    async ids({ region, since, token, until }) {
      const client = await clientFor(region);
      const { findingIds, nextToken } = await client.send(
        new ListFindingsCommand({
          findingCriteria: {
            criterion: {
              category: { eq: ['CLASSIFICATION'] },
              archived: { eq: ['false'] },
              createdAt: { gte: since.getTime(), lt: until.getTime() },
            },
          },
          sortCriteria: { attributeName: 'createdAt', orderBy: 'ASC' },
          maxResults: maximumIds,
          ...(token !== undefined && { nextToken: token }),
        }),
      );
      return { ids: listOf(findingIds, 'ListFindings'), ...(nextToken && { next: nextToken }) };
    },

    async get(region, ids) {
      const client = await clientFor(region);
      const { findings } = await client.send(new GetFindingsCommand({ findingIds: [...ids] }));
      return new Map(
        listOf(findings, 'GetFindings').flatMap(({ createdAt, id, ...rest }): [string, ListedFinding][] =>
          id === undefined || createdAt === undefined
            ? []
            : [[id, { id, createdAt, body: JSON.stringify({ id, createdAt, ...rest }) }]],
        ),
      );
    },
  };
}
