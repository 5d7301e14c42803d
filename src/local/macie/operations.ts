import { readCriteria, textOf } from './finding-criteria.ts';
import type { FindingDetail, FindingsInView } from './known-findings.ts';
import { invalid } from './macie-error.ts';
import { sampleFindings } from './sample-findings.ts';

export interface OperationContext {
  readonly known: FindingsInView;
  readonly account: string;
  readonly region: string;
  readonly now: Date;
  /** Puts a finding on the event bus. */
  readonly publish: (finding: FindingDetail) => Promise<unknown>;
}

type Json = Readonly<Record<string, unknown>>;
type Operation = (input: Json, context: OperationContext) => Json | Promise<Json>;

const maximumIds = 50;
const maximumListed = 50;

/** The operations by their path; all of them are POST. */
export const operations: Readonly<Record<string, { readonly name: string; readonly perform: Operation }>> = {
  '/findings/describe': { name: 'GetFindings', perform: getFindings },
  '/findings': { name: 'ListFindings', perform: listFindings },
  '/findings/statistics': { name: 'GetFindingStatistics', perform: getFindingStatistics },
  '/findings/sample': { name: 'CreateSampleFindings', perform: createSampleFindings },
};

/** Leaves out unknown ids, and gives the others in an order of its own. One malformed id has the whole call refused. */
function getFindings({ findingIds }: Json, { known, region }: OperationContext): Json {
  if (!Array.isArray(findingIds) || findingIds.length === 0 || findingIds.length > maximumIds) {
    throw invalid(`findingIds must have 1 to ${maximumIds} elements`);
  }
  const ids = findingIds.map((id) => {
    if (typeof id !== 'string' || !/^[0-9a-f]{32}$/.test(id)) throw invalid('a finding id is malformed');
    return id;
  });
  return { findings: ids.toReversed().flatMap((id) => known.find(region, id) ?? []) };
}

function listFindings(input: Json, { known, region }: OperationContext): Json {
  const { maxResults = maximumListed } = input;
  if (typeof maxResults !== 'number' || maxResults < 1 || maxResults > maximumListed) {
    throw invalid(`maxResults must be 1 to ${maximumListed}`);
  }
  const matching = sorted(
    known.in(region).filter(readCriteria(input['findingCriteria'])),
    input['sortCriteria'],
  );
  const start = startOf(input['nextToken'], matching);
  const page = matching.slice(start, start + maxResults).map(({ id }) => id);
  const last = page.at(-1);
  const hasMore = start + maxResults < matching.length && last !== undefined;
  return { findingIds: page, ...(hasMore && { nextToken: Buffer.from(last).toString('base64url') }) };
}

/** Counts findings by bucket, which is the only group that is known here, most first. */
function getFindingStatistics(input: Json, { known, region }: OperationContext): Json {
  const { findingCriteria, groupBy, size = maximumListed } = input;
  if (groupBy !== 'resourcesAffected.s3Bucket.name' || typeof size !== 'number') {
    throw invalid('groupBy or size is not known');
  }
  const matching = known.in(region).filter(readCriteria(findingCriteria));
  const groups = Map.groupBy(matching, (finding) => textOf(finding, groupBy));
  const counted = [...groups].map(([groupKey, { length }]) => ({ groupKey, count: length }));
  return { countsByGroup: counted.toSorted((one, other) => other.count - one.count).slice(0, size) };
}

/** A page begins after the finding that ended the page before, wherever that finding is by now. */
function startOf(token: unknown, findings: readonly FindingDetail[]): number {
  if (token === undefined || token === null || token === '') return 0;
  if (typeof token !== 'string') throw invalid('nextToken is not valid');
  const last = Buffer.from(token, 'base64url').toString();
  const index = findings.findIndex(({ id }) => id === last);
  if (index === -1) throw invalid('nextToken is not valid');
  return index + 1;
}

function sorted(findings: readonly FindingDetail[], sortCriteria: unknown): readonly FindingDetail[] {
  const { attributeName = 'createdAt', orderBy = 'DESC' } = (sortCriteria ?? {}) as Record<string, string>;
  if (orderBy !== 'ASC' && orderBy !== 'DESC') throw invalid('orderBy must be ASC or DESC');
  const sign = orderBy === 'ASC' ? 1 : -1;
  return findings.toSorted((one, other) => {
    const [left, right] = [textOf(one, attributeName), textOf(other, attributeName)];
    if (left !== right) return left < right ? -sign : sign;
    return one.id < other.id ? -1 : 1;
  });
}

async function createSampleFindings(input: Json, context: OperationContext): Promise<Json> {
  const samples = sampleFindings(input['findingTypes'], context);
  context.known.add(...samples);
  for (const sample of samples) await context.publish(sample);
  return {};
}
