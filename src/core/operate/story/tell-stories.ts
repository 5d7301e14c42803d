import { objectOfRecord, readStoredRecord, type StoredRecord } from '../../evidence/stored-record.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import type { SourceBuckets } from '../../source-buckets.ts';
import type { EvidenceReader } from '../records/evidence-reader.ts';
import type { RecordName } from '../records/record-names.ts';
import { wasToldLater } from '../tell-again.ts';
import { differencesOf } from './differences.ts';
import { lookAtCopy } from './look-at-copy.ts';
import { lookAtSource } from './look-at-source.ts';
import { readReleases } from './read-releases.ts';
import type { RecordOfStory } from './record-of-story.ts';
import type { Story } from './story.ts';

export interface StoryPorts {
  readonly evidence: EvidenceReader;
  readonly isolationBucket: IsolationBucket;
  readonly sourceBuckets: SourceBuckets;
}

/**
 * Reads all records of a finding, and looks at copy and source. Two objects under one finding id have two stories.
 * `isMeant` leaves out objects that were not asked for, before anything is looked at.
 */
export async function tellStories(
  names: readonly RecordName[],
  ports: StoryPorts,
  isMeant: (object: FlaggedObject | undefined) => boolean = () => true,
): Promise<readonly Story[]> {
  const byObject = new Map<string, RecordOfStory[]>();
  for (const { recordKey } of names) {
    const record = readStoredRecord(await ports.evidence.get(recordKey));
    if (record === undefined || !isMeant(objectOfRecord(record))) continue;
    const { account_id, bucket, etag, finding_id, key, version_id } = record;
    const same = JSON.stringify([finding_id, account_id, bucket, key, version_id, etag]);
    byObject.set(same, [...(byObject.get(same) ?? []), { recordKey, record }]);
  }
  const stories: Story[] = [];
  for (const records of byObject.values()) stories.push(await tellStory(inOrderOfTime(records), ports));
  return stories;
}

async function tellStory(records: readonly RecordOfStory[], ports: StoryPorts): Promise<Story> {
  const [first] = records;
  const findingId = first?.record.finding_id ?? '';
  const object = first && objectOf(first.record);
  const toldLater = new Set<string>();
  for (const { record, recordKey } of records) {
    if (record.alert_result !== 'failed') continue;
    if (await wasToldLater(recordKey, ports.evidence.get)) toldLater.add(recordKey);
  }
  if (object === undefined) {
    const known = { findingId, records, toldLater, releases: [] };
    return { ...known, differences: differencesOf(known) };
  }
  const recorded = records.flatMap(({ record }) => record.isolation_key ?? []);
  const copy = await lookAtCopy(object, recorded, ports.isolationBucket);
  const source = await lookAtSource(object, copy, ports.sourceBuckets);
  const releases = await readReleases(object, recorded, copy, ports.evidence);
  const known = { findingId, object, records, copy, source, toldLater, releases };
  return { ...known, differences: differencesOf(known) };
}

function inOrderOfTime(records: readonly RecordOfStory[]): RecordOfStory[] {
  const timeOf = ({ record }: RecordOfStory) => record.recorded_at ?? '';
  return records.toSorted((one, other) => (timeOf(one) < timeOf(other) ? -1 : 1));
}

/** A record that has neither version nor ETag names no bytes. */
function objectOf(record: StoredRecord): FlaggedObject | undefined {
  const object = objectOfRecord(record);
  return object?.eTag === undefined && object?.versionId === undefined ? undefined : object;
}
