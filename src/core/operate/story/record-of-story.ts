import type { StoredRecord } from '../../evidence/stored-record.ts';

export interface RecordOfStory {
  readonly recordKey: string;
  readonly record: StoredRecord;
}
