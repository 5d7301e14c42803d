import { type AccountOperation, known, pageOf } from './account-state.ts';
import { MacieError } from './macie-error.ts';

const scopeId = 'scope';

/** Filters, allow lists, and what automated discovery leaves out. */
export const neverShownOperations: readonly AccountOperation[] = [
  {
    name: 'ListFindingsFilters',
    method: 'GET',
    path: /^\/findingsfilters$/,
    perform: ({ account, input }) => {
      const { items, nextToken } = pageOf(account.filters, input);
      return { findingsFilterListItems: items, ...(nextToken !== undefined && { nextToken }) };
    },
  },
  {
    name: 'GetFindingsFilter',
    method: 'GET',
    path: /^\/findingsfilters\/([^/]+)$/,
    perform: ({ account, id }) => known(account.filters, id),
  },
  {
    name: 'ListAllowLists',
    method: 'GET',
    path: /^\/allow-lists$/,
    perform({ account, input }) {
      const { items, nextToken } = pageOf(account.allowLists, input);
      return { allowLists: items, ...(nextToken !== undefined && { nextToken }) };
    },
  },
  {
    name: 'GetAdministratorAccount',
    method: 'GET',
    path: /^\/administrator$/,
    perform: ({ account: { administrator } }) =>
      administrator === undefined
        ? {}
        : { administrator: { accountId: administrator, relationshipStatus: 'Enabled' } },
  },
  {
    name: 'GetAutomatedDiscoveryConfiguration',
    method: 'GET',
    path: /^\/automated-discovery\/configuration$/,
    perform: ({ account: { discovery } }) => ({
      status: discovery.isEnabled ? 'ENABLED' : 'DISABLED',
      classificationScopeId: scopeId,
    }),
  },
  {
    name: 'GetClassificationScope',
    method: 'GET',
    path: /^\/classification-scopes\/([^/]+)$/,
    perform({ account: { discovery }, id }) {
      if (id !== scopeId) throw new MacieError('ResourceNotFoundException', 'there is no such resource');
      return { id, name: 'automated', s3: { excludes: { bucketNames: discovery.excludedBuckets } } };
    },
  },
];
