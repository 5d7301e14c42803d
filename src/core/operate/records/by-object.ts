import { objectDigest } from '../../evidence/keys.ts';
import { objectOfRecord, readStoredRecord } from '../../evidence/stored-record.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import type { RecordName } from './record-names.ts';

/**
 * Groups the records of one finding id by their object: two objects may come under one id. A name tells the object
 * only where the id has that outcome twice, so the other records are read. A record about no object is in every
 * group. A record that cannot be understood is a group of its own, since it may be about another object.
 */
export async function byObject(
  names: readonly RecordName[],
  evidence: EvidenceReader,
): Promise<readonly (readonly RecordName[])[]> {
  const groups = new Map<string, RecordName[]>();
  const aboutNone: RecordName[] = [];
  for (const name of names) {
    const object = name.object ?? (await objectIn(name.recordKey, evidence));
    if (object === 'none') aboutNone.push(name);
    else groups.set(object, [...(groups.get(object) ?? []), name]);
  }
  if (groups.size === 0) return [aboutNone];
  return [...groups.values()].map((group) => [...group, ...aboutNone]);
}

async function objectIn(recordKey: string, evidence: EvidenceReader): Promise<string> {
  const record = readStoredRecord(await evidence.get(recordKey));
  if (record === undefined) return recordKey;
  const object = objectOfRecord(record);
  return object === undefined ? 'none' : objectDigest(object);
}
