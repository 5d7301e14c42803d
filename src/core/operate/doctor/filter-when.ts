import { severities } from '../../finding.ts';
import { literalPattern } from '../../policy/pattern.ts';
import type { When } from '../../policy/when-schema.ts';

/** The conditions of a findings filter of Macie, by the names of its fields. */
export type FilterCriteria = Readonly<
  Record<string, { readonly eq?: readonly string[]; readonly neq?: readonly string[] }>
>;

/** The conditions of a filter as those of a rule, or `undefined` if the filter is about no findings of objects. */
export function whenOfFilter(criteria: FilterCriteria): When | undefined {
  const valuesOf = (field: string) => criteria[field]?.eq;
  const types = valuesOf('type')?.filter((type) => type.startsWith('SensitiveData:'));
  const isElsewhere =
    types?.length === 0 ||
    valuesOf('category')?.includes('CLASSIFICATION') === false ||
    valuesOf('sample')?.includes('false') === false;
  if (isElsewhere) return undefined;
  return {
    type: mutable(types),
    severity: severitiesOf(criteria['severity.description']),
    account: mutable(valuesOf('accountId')),
    region: mutable(valuesOf('region')),
    jobId: mutable(valuesOf('classificationDetails.jobId')),
    discovery: valuesOf('classificationDetails.originType')?.map((origin) =>
      origin === 'SENSITIVE_DATA_DISCOVERY_JOB' ? 'job' : 'automated',
    ),
    bucket: valuesOf('resourcesAffected.s3Bucket.name')?.map(literalPattern),
    key: valuesOf('resourcesAffected.s3Object.key')?.map(literalPattern),
  };
}

/** Macie joins several values of `neq` by OR, so that they exclude nothing. */
function severitiesOf(condition: FilterCriteria[string] | undefined): When['severity'] {
  const { eq, neq } = condition ?? {};
  const [unwanted] = neq?.length === 1 ? neq : [];
  if (eq === undefined && unwanted === undefined) return undefined;
  return severities.filter((each) => (eq?.includes(each) ?? true) && each !== unwanted);
}

const mutable = (values: readonly string[] | undefined) => values && [...values];
