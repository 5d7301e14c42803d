import type { LogEvent } from './log-event.ts';

/** The fields of every line about a fence. */
const ofFenced = {
  findingId: 'id of the finding',
  accountId: "the object's account",
  bucket: "the object's bucket",
  key: "the object's key",
} as const;

/** The fence around objects that stay. */
export const fenceLogEvents = {
  fence_tried: {
    when: 'the worker put the tag of the fence on a flagged version, or could not; `warn` if the version has no fence',
    levels: ['info', 'warn'],
    fields: {
      ...ofFenced,
      fence:
        '`fenced`: reading what has the tag is proved to be denied; `tagged`: that is not proved; `open`: the tag was refused, or nobody could learn whether it is there; `no-room`: the version has ten other tags',
    },
  },
  fence_hit_other: {
    when: 'the tag of the fence hit bytes that were put at that moment in place of the flagged ones, and was taken away; only without versioning',
    levels: ['warn'],
    fields: {
      ...ofFenced,
      versionId: 'the version that was hit; `null` without versioning',
      tags: 'as JSON, the tags of the flagged object, which the other bytes have now in place of their own; absent if an earlier delivery knew them',
    },
  },
  fence_may_be_left: {
    when: 'an earlier delivery may have left its tag on bytes that nobody flagged, and this one could not take it away: S3 did not answer or refused, the mode is `dry-run`, or Macie does not confirm the finding',
    levels: ['warn'],
    fields: ofFenced,
  },
} as const satisfies Record<string, LogEvent>;
