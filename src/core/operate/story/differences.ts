import type { Story } from './story.ts';

/** Says where evidence and reality differ. A thing that could not be looked at counts as no difference. */
export function differencesOf(story: Omit<Story, 'differences'>): readonly string[] {
  return [...aboutCopy(story), ...aboutSource(story), ...aboutAlerts(story)];
}

type Known = Omit<Story, 'differences'>;

const removedOutcomes: ReadonlySet<string> = new Set(['isolated', 'already_isolated']);

function isRemoved({ records }: Known): boolean {
  return records.some(({ record }) => removedOutcomes.has(record.outcome));
}

function aboutCopy(story: Known): string[] {
  const { copy, records } = story;
  const promised = records.some(
    ({ record }) => record.isolation_key !== null && record.outcome !== 'dry_run',
  );
  switch (copy?.state) {
    case 'absent':
      return promised ? ['A record names a copy, and there is none.'] : [];
    case 'differs':
      return ['The copy has another size or checksum than its provenance says.'];
    case 'without-provenance':
      return ['The copy has no provenance, so nothing says what it is a copy of.'];
    case 'verified':
    case 'unproven':
      return promised ? [] : ['There is a copy, and no record says so: a handling may not have ended yet.'];
    default:
      return [];
  }
}

function aboutSource(story: Known): string[] {
  const { releases, source } = story;
  if (source?.state !== 'seen') return [];
  const flagged = source.versions.filter((version) => version.isFlagged);
  const found: string[] = [];
  if (releases.length > 0) {
    const current = source.versions.find((version) => version.isLatest);
    if (current === undefined || current.isMarker) {
      found.push('The object was released, and no object lies at its place now.');
    }
  } else if (isRemoved(story) && flagged.length > 0) {
    const ids = flagged.map((version) => version.versionId).join(', ');
    found.push(
      `A record says that the flagged bytes were removed, and a version with their identity lies at the source: ${ids}. It can be read.`,
    );
  } else if (!isRemoved(story) && flagged.length === 0 && isSaidToStay(story)) {
    found.push(
      'The flagged bytes are no longer at the source, although no record says that they were removed.',
    );
  }
  return [...found, ...aboutVersions(story, source.versions)];
}

/** Outcomes after which the worker left the bytes where they were. */
const stayedAfter: ReadonlySet<string> = new Set(['retained', 'refused', 'alerted', 'dry_run', 'released']);

function isSaidToStay({ records }: Known): boolean {
  const last = records.at(-1)?.record.outcome;
  return last !== undefined && stayedAfter.has(last);
}

function aboutVersions(
  { records }: Known,
  versions: readonly { readonly versionId: string; readonly isMarker: boolean }[],
): string[] {
  const there = new Set(versions.map(({ versionId }) => versionId));
  const found: string[] = [];
  const removed = records.flatMap(({ record }) => record.removed_versions);
  const back = removed.filter((id) => id !== 'null' && there.has(id));
  if (back.length > 0) found.push(`Versions that a record names as removed are there: ${back.join(', ')}.`);
  const left = new Set(records.flatMap(({ record }) => record.remaining_versions));
  const gone = [...left].filter((id) => !there.has(id) && !removed.includes(id));
  if (gone.length > 0) found.push(`Versions that a record names as left are gone: ${gone.join(', ')}.`);
  const marker = records.findLast(({ record }) => record.delete_marker_version_id !== null)?.record
    .delete_marker_version_id;
  if (typeof marker === 'string' && !there.has(marker)) {
    found.push(`The delete marker that hid the object is gone: ${marker}.`);
  }
  return found;
}

function aboutAlerts({ records, toldLater }: Known): string[] {
  return records.some(
    ({ record, recordKey }) => record.alert_result === 'failed' && !toldLater.has(recordKey),
  )
    ? ['An alert failed: people may not know of this. `list --alert failed --resend` tells them.']
    : [];
}
