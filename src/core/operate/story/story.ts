import type { ReleaseRecord } from '../../evidence/read-release.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { CopySeen } from './look-at-copy.ts';
import type { SourceSeen } from './look-at-source.ts';
import type { RecordOfStory } from './record-of-story.ts';

/** Everything that is known about one object of a finding. */
export interface Story {
  readonly findingId: string;
  /** Absent if the finding names no object, as a rejected message or a sample. */
  readonly object?: FlaggedObject;
  /** In the order in which they were written. */
  readonly records: readonly RecordOfStory[];
  readonly copy?: CopySeen;
  readonly source?: SourceSeen;
  /** The records whose alert failed, and of which people were told later. */
  readonly toldLater: ReadonlySet<string>;
  readonly releases: readonly ReleaseRecord[];
  /** Where evidence and reality differ, in sentences. */
  readonly differences: readonly string[];
}
