import { isCopyUnder, parseRecordKey, prefixes, prefixesOfCopies } from '../../evidence/keys.ts';
import { readProvenance } from '../../evidence/provenance.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import { literalPattern } from '../../policy/pattern.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import type { FindingName } from './finding-name.ts';
import { listRecords } from './list-records.ts';
import { recordFilter } from './record-filter.ts';

export interface Place {
  readonly bucket: string;
  readonly key: string;
}

interface Reading {
  readonly evidence: EvidenceReader;
  readonly isolationBucket: IsolationBucket;
}

/**
 * Returns the finding that an object of the isolation bucket belongs to: a record by its name, a copy by its
 * provenance.
 */
export async function findingOfEvidence(
  key: string,
  { isolationBucket }: Reading,
): Promise<FindingName | undefined> {
  const named = parseRecordKey(key);
  if (named !== undefined) {
    return { id: named.findingId, ...(named.object !== undefined && { object: named.object }) };
  }
  const id = await findingOfCopy(key, isolationBucket);
  return id === undefined ? undefined : { id };
}

/** Returns the findings whose copies are of this object. Copies are stored by account, which the place does not tell. */
export async function findingsOfCopies(
  { bucket, key }: Place,
  { evidence, isolationBucket }: Reading,
): Promise<readonly string[]> {
  const accounts = new Set<string>();
  for (const prefix of [prefixes.copies, prefixes.hashedCopies]) {
    for (const account of await evidence.folders(prefix)) accounts.add(account);
  }
  const found = new Set<string>();
  for (const accountId of accounts) {
    for (const prefix of prefixesOfCopies({ accountId, bucket, key })) {
      for (const copy of await isolationBucket.list(prefix)) {
        const id = isCopyUnder(prefix, copy.key) ? await findingOfCopy(copy.key, isolationBucket) : undefined;
        if (id !== undefined) found.add(id);
      }
    }
  }
  return [...found];
}

/** Returns the findings of a time whose records name this object. All records of the time are read. */
export async function findingsOfRecords(
  { bucket, key }: Place,
  since: Date,
  { evidence }: Reading,
): Promise<readonly string[]> {
  const conditions = { since, bucket: [literalPattern(bucket)], key: [literalPattern(key)] };
  const listing = { evidence, span: { since }, filter: recordFilter(conditions), reads: true };
  const found = new Set<string>();
  for await (const { findingId } of listRecords({ ...listing, unreadable: () => undefined })) {
    found.add(findingId);
  }
  return [...found];
}

async function findingOfCopy(key: string, isolationBucket: IsolationBucket): Promise<string | undefined> {
  const stored = await isolationBucket.head(key);
  return stored && (await readProvenance(isolationBucket, key, stored))?.findingId;
}
