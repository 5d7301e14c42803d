import { compareChecksums } from '../../checksum.ts';
import { errorCode } from '../../errors.ts';
import { isolationKeys } from '../../evidence/keys.ts';
import { readProvenance } from '../../evidence/provenance.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { Provenance } from '../../isolation.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import type { StoredObject } from '../../source-buckets.ts';

/** The isolated copy, as HEAD shows it now. Its bytes are not read. */
export type CopySeen =
  | {
      /**
       * `verified`: size and checksum are those of its provenance. `unproven`: nothing differs, and only its
       * bytes could prove it.
       */
      readonly state: 'verified' | 'unproven' | 'differs' | 'without-provenance';
      readonly key: string;
      readonly stored: StoredObject;
      readonly provenance?: Provenance;
    }
  | { readonly state: 'absent' }
  /** The copy could not be looked at. */
  | { readonly state: 'unknown'; readonly why: string };

/** Looks at the keys that records name, and then where the copy would be. */
export async function lookAtCopy(
  object: FlaggedObject,
  recorded: readonly string[],
  isolationBucket: IsolationBucket,
): Promise<CopySeen> {
  try {
    for (const key of new Set([...recorded, ...isolationKeys(object)])) {
      const stored = await isolationBucket.head(key);
      if (stored === undefined) continue;
      const provenance = await readProvenance(isolationBucket, key, stored);
      const state = provenance === undefined ? 'without-provenance' : compared(stored, provenance);
      return { state, key, stored, ...(provenance && { provenance }) };
    }
    return { state: 'absent' };
  } catch (error) {
    return { state: 'unknown', why: errorCode(error) };
  }
}

function compared(stored: StoredObject, provenance: Provenance): 'verified' | 'unproven' | 'differs' {
  if (stored.sizeBytes !== provenance.sizeBytes) return 'differs';
  const shown = compareChecksums(stored.checksum, provenance.checksum);
  if (shown === 'different') return 'differs';
  return shown === 'equal' ? 'verified' : 'unproven';
}
