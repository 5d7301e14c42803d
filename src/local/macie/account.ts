import { randomUUID } from 'node:crypto';
import { type AccountOperation, type Json, known, pageOf } from './account-state.ts';
import { invalid } from './macie-error.ts';
import { neverShownOperations } from './never-shown.ts';

/** The operations of the account besides those on findings. */
export const accountOperations: readonly AccountOperation[] = [
  {
    name: 'GetMacieSession',
    method: 'GET',
    path: /^\/macie$/,
    perform: ({ account: { status } }) => ({ status, findingPublishingFrequency: 'FIFTEEN_MINUTES' }),
  },
  {
    name: 'ListCustomDataIdentifiers',
    method: 'POST',
    path: /^\/custom-data-identifiers\/list$/,
    perform: ({ account, input }) => pageOf(account.identifiers, input),
  },
  {
    name: 'TestCustomDataIdentifier',
    method: 'POST',
    path: /^\/custom-data-identifiers\/test$/,
    perform: ({ input }) => ({ matchCount: matchCount(input) }),
  },
  {
    name: 'CreateCustomDataIdentifier',
    method: 'POST',
    path: /^\/custom-data-identifiers$/,
    perform({ account, input, now }) {
      patternOf(input);
      return {
        customDataIdentifierId: created(account.identifiers, input, 'id', { createdAt: timeOf(now) }),
      };
    },
  },
  {
    name: 'GetCustomDataIdentifier',
    method: 'GET',
    path: /^\/custom-data-identifiers\/([^/]+)$/,
    perform: ({ account, id }) => known(account.identifiers, id),
  },
  {
    name: 'DeleteCustomDataIdentifier',
    method: 'DELETE',
    path: /^\/custom-data-identifiers\/([^/]+)$/,
    perform({ account, id }) {
      known(account.identifiers, id);
      account.identifiers.delete(id);
      return {};
    },
  },
  {
    name: 'ListClassificationJobs',
    method: 'POST',
    path: /^\/jobs\/list$/,
    perform({ account, input }) {
      const { filterCriteria } = input as {
        filterCriteria?: { includes?: readonly { values?: readonly string[] }[] };
      };
      const names = filterCriteria?.includes?.[0]?.values;
      const matching = [...account.jobs].filter(([, { name }]) => !names || names.includes(String(name)));
      return pageOf(new Map(matching.toReversed()), input);
    },
  },
  {
    name: 'CreateClassificationJob',
    method: 'POST',
    path: /^\/jobs$/,
    perform({ account, input, now }) {
      const { customDataIdentifierIds = [], s3JobDefinition } = input as {
        customDataIdentifierIds?: readonly string[];
        s3JobDefinition?: Json;
      };
      if (s3JobDefinition === undefined) throw invalid('s3JobDefinition is missing');
      for (const id of customDataIdentifierIds) known(account.identifiers, id);
      const jobId = created(account.jobs, input, 'jobId', {
        createdAt: timeOf(now),
        jobStatus: account.jobStates[0],
        bucketDefinitions: s3JobDefinition['bucketDefinitions'],
      });
      return { jobId, jobArn: `arn:aws:macie2:::classification-job/${jobId}` };
    },
  },
  {
    name: 'DescribeClassificationJob',
    method: 'GET',
    path: /^\/jobs\/([^/]+)$/,
    perform({ account, id }) {
      const job = known(account.jobs, id);
      const [state, ...later] = account.jobStates;
      if (later.length > 0) account.jobStates = later;
      account.jobs.set(id, { ...job, jobStatus: state });
      return {
        ...job,
        jobStatus: state,
        statistics: { approximateNumberOfObjectsToProcess: later.length, numberOfRuns: 1 },
      };
    },
  },
  ...neverShownOperations,
];

/** A call with the token of an earlier call creates nothing, and is answered as that call was. */
function created(all: Map<string, Json>, input: Json, idName: string, more: Json): string {
  const { clientToken } = input;
  const earlier = [...all.values()].find((each) => each['clientToken'] === clientToken);
  if (clientToken !== undefined && earlier) return String(earlier[idName]);
  const id = randomUUID();
  all.set(id, { ...input, ...more, [idName]: id });
  return id;
}

/** Dates of this API are ISO 8601 in UTC. */
const timeOf = (now: Date): string => now.toISOString();

function patternOf({ regex }: Json): RegExp {
  if (typeof regex !== 'string' || /\((?!\?:)/.test(regex)) throw invalid('the regex is not valid');
  try {
    return new RegExp(regex, 'g');
  } catch {
    throw invalid('the regex is not valid');
  }
}

/** As Macie tells it: a keyword stands before the match, and near its end. */
function matchCount(input: Json): number {
  const {
    ignoreWords = [],
    keywords = [],
    maximumMatchDistance = 50,
    sampleText = '',
  } = input as {
    ignoreWords?: readonly string[];
    keywords?: readonly string[];
    maximumMatchDistance?: number;
    sampleText?: string;
  };
  if (sampleText.length > 1_000) throw invalid('sampleText is too long');
  return [...sampleText.matchAll(patternOf(input))].filter(({ 0: found, index }) => {
    const before = sampleText.slice(0, index).toLowerCase();
    const near = keywords.some((word) => {
      const at = before.lastIndexOf(word.toLowerCase());
      return at >= 0 && index + found.length - (at + word.length) <= maximumMatchDistance;
    });
    return (keywords.length === 0 || near) && !ignoreWords.some((word) => found.includes(word));
  }).length;
}
