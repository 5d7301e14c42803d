import type { StoryPorts } from '../../core/operate/story/tell-stories.ts';
import type { OperatorClients } from './clients.ts';
import { evidenceOf } from './isolation-bucket.ts';
import { type ReleaseSettings, releaseOf } from './release.ts';

/** Records, copies and sources, all asked with the operator's own credentials. Nothing is written. */
export function storyOf(clients: OperatorClients, settings: ReleaseSettings): StoryPorts {
  const { isolationBucket, sourceBuckets } = releaseOf(clients, settings);
  return { evidence: evidenceOf(clients, settings), isolationBucket, sourceBuckets };
}
