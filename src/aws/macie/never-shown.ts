import {
  GetAutomatedDiscoveryConfigurationCommand,
  GetClassificationScopeCommand,
  GetFindingsFilterCommand,
  type Macie2Client,
  paginateListAllowLists,
  paginateListFindingsFilters,
} from '@aws-sdk/client-macie2';
import type { ArchivingFilter, Discovery } from '../../core/operate/doctor/judge-never-shown.ts';
import { listOf, valueOf } from '../sdk/answered.ts';

/** Returns the filters that archive findings. Errors of the SDK are passed on, as by all functions here. */
export async function archivingFilters(client: Macie2Client): Promise<readonly ArchivingFilter[]> {
  const found: ArchivingFilter[] = [];
  for await (const { findingsFilterListItems } of paginateListFindingsFilters({ client }, {})) {
    for (const { action, id = '', name = '' } of listOf(findingsFilterListItems, 'ListFindingsFilters')) {
      if (action !== 'ARCHIVE') continue;
      const { findingCriteria } = await client.send(new GetFindingsFilterCommand({ id }));
      const { criterion: fields = {} } = valueOf(findingCriteria, 'GetFindingsFilter', 'criteria');
      const criterion = Object.entries(fields);
      const criteria = criterion.map(([field, { eq, neq }]) => [
        field,
        { ...(eq && { eq }), ...(neq && { neq }) },
      ]);
      found.push({ id, name, criteria: Object.fromEntries(criteria) });
    }
  }
  return found;
}

export async function allowLists(client: Macie2Client): Promise<readonly { id: string; name: string }[]> {
  const found: { id: string; name: string }[] = [];
  for await (const { allowLists: page } of paginateListAllowLists({ client }, {})) {
    found.push(...listOf(page, 'ListAllowLists').map(({ id = '', name = '' }) => ({ id, name })));
  }
  return found;
}

/** Returns how automated discovery is set up, and the buckets that it leaves out. */
export async function automatedDiscovery(client: Macie2Client): Promise<Discovery> {
  const { classificationScopeId, status } = await client.send(
    new GetAutomatedDiscoveryConfigurationCommand({}),
  );
  const isEnabled = valueOf(status, 'GetAutomatedDiscoveryConfiguration', 'status') === 'ENABLED';
  if (!isEnabled) return { isEnabled, excludedBuckets: [] };
  const scopeId = valueOf(classificationScopeId, 'GetAutomatedDiscoveryConfiguration', 'scope');
  const { id, s3 } = await client.send(new GetClassificationScopeCommand({ id: scopeId }));
  // A scope may exclude nothing, but has its id.
  valueOf(id, 'GetClassificationScope', 'id');
  return { isEnabled: true, scopeId, excludedBuckets: s3?.excludes?.bucketNames ?? [] };
}
