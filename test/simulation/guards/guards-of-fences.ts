import type { Guard } from './guard.ts';

const breaks = 'fences are true';

/** What keeps fences on flagged bytes alone, and the word for them true. */
export const guardsOfFences: readonly Guard[] = [
  {
    name: 'a tag that hit other bytes is taken away',
    breaks,
    seed: 323468037,
    enforcedBy: '`core/fence/tag-and-look.ts`',
    file: 'tag-and-look.ts',
    find: "if (hit.kind === 'flagged') return",
    replace: 'if (hit.kind !== undefined) return',
  },
  {
    name: 'only the flagged version is fenced',
    breaks,
    seed: 584464019,
    enforcedBy: '`core/fence/flagged-version.ts`',
    file: 'flagged-version.ts',
    find: 'version.versionId === versionId && isSame(version)',
    replace: 'version.isLatest',
  },
  {
    name: 'a refused tag is open',
    breaks,
    seed: 425258968,
    enforcedBy: '`core/fence/put-fence.ts`',
    file: 'put-fence.ts',
    find: "if (error instanceof RefusedError) return { kind: 'open' };",
    replace: "if (error instanceof RefusedError) return { kind: 'tagged', isNew: true, ownTags: [] };",
  },
  {
    name: 'other versions with the same bytes are not out of reach',
    breaks,
    seed: 1775792136,
    enforcedBy: '`core/isolation.ts`',
    file: 'isolation.ts',
    find: 'const isAlone = uncomparedVersions(result).length === 0 &&',
    replace: 'const isAlone =',
  },
];
