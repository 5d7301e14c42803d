import type { StoredObject } from '../source-buckets.ts';
import type { Work } from '../work.ts';
import {
  type ChooseVersions,
  chooseByETag,
  chooseIdentical,
  chooseNone,
  type SourceVersions,
} from './choose-versions.ts';
import { chooseAllOthers } from './copy-other-versions.ts';
import { type CopyVersion, versionCopier } from './copy-version.ts';

export interface Choosers {
  /** The versions that are removed if the flagged version is gone already. */
  readonly chooseRemaining: ChooseVersions;
  /** The versions that are removed if others removed the flagged version during this handling. */
  readonly choosePutAgain: ChooseVersions;
  /** The versions that are removed with the flagged version. */
  readonly chooseOthers: (stored: StoredObject) => ChooseVersions;
}

/** Returns how `SOURCE_VERSIONS` chooses the versions that go. */
export function choosersOf(
  work: Work,
  sourceVersions: SourceVersions,
  copyVersion: CopyVersion = versionCopier(work),
): Choosers {
  const { eTag, versionId } = work.finding.object;
  const identical = chooseIdentical(work, copyVersion);
  const hasETag = chooseByETag(work, copyVersion);
  const byName = (isNamed: boolean) => (isNamed ? chooseNone : hasETag);
  switch (sourceVersions) {
    case 'flagged':
      return {
        chooseRemaining: byName(versionId !== undefined),
        choosePutAgain: eTag === undefined ? chooseNone : hasETag,
        chooseOthers: (stored) => byName(stored.versionId === versionId),
      };
    case 'identical':
      return { chooseRemaining: identical, choosePutAgain: identical, chooseOthers: () => identical };
    case 'all': {
      const others = chooseAllOthers(work, copyVersion);
      return { chooseRemaining: identical, choosePutAgain: identical, chooseOthers: () => others };
    }
  }
}
