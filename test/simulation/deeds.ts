import type { Extras } from './model/objects.ts';
import type { ModelS3, Write } from './model/s3.ts';
import type { Deed, IsolationCall } from './world.ts';

/** What operators have the workers do at the moment. */
export interface Rules {
  isolates: boolean;
  mode: 'enforce' | 'dry-run';
  /** What the isolation bucket refuses. */
  readonly refused: Set<IsolationCall>;
  paused: boolean;
  /** How many hours have begun, and how many units of the limit are leased in the present one. */
  hour: number;
  leased: number;
}

/** Carries out what an owner or administrator does. What cannot be done (nothing there, locked) is not. */
export function carryOut(deed: Deed, by: string, s3: ModelS3, rules: Rules): void {
  switch (deed.kind) {
    case 'put':
      s3.put(deed, { bytes: deed.bytes, form: deed.form, ...extrasOf(deed.extras, by) }, by);
      return;
    case 'erase':
      s3.plainDelete(deed, by);
      return;
    case 'delete-entry': {
      const entry = s3.entries(deed)[deed.depth];
      if (entry && !entry.lock) s3.deleteVersion(deed, entry.versionId ?? 'null', by);
      return;
    }
    case 'lock': {
      const entry = s3.entries(deed)[deed.depth];
      // Object Lock is for versioned buckets alone.
      if (entry === undefined || entry.isMarker || s3.bucket(deed.bucket).versioning !== 'enabled') return;
      if (deed.lock === undefined) delete entry.lock;
      else entry.lock = deed.lock;
      return;
    }
    case 'versioning': {
      const locked = [...s3.bucket(deed.bucket).keys.values()].flat().some((entry) => entry.lock);
      // A bucket with Object Lock cannot be suspended.
      if (!locked || deed.state === 'enabled') s3.setVersioning(deed.bucket, deed.state);
      return;
    }
    case 'deny':
      toggle(s3.bucket(deed.bucket).denied, deed.what, deed.denied);
      return;
    case 'hand-over': {
      const isLocked = [...s3.bucket(deed.bucket).keys.values()].flat().some((entry) => entry.lock);
      if (!isLocked) s3.handOver(deed.bucket, deed.accountId, by);
      return;
    }
    case 'policy':
      rules.isolates = deed.isolates;
      return;
    case 'mode':
      rules.mode = deed.mode;
      return;
    case 'hour':
      rules.hour += 1;
      rules.leased = 0;
      return;
    case 'pause':
      rules.paused = deed.paused;
      return;
    case 'mfa-delete':
      // Only a versioned bucket has it.
      if (s3.bucket(deed.bucket).versioning !== 'never') s3.bucket(deed.bucket).needsMfa = deed.needed;
      return;
    case 'isolation-refuses':
      toggle(rules.refused, deed.what, deed.refuses);
  }
}

function toggle<Item>(set: Set<Item>, item: Item, isIn: boolean): void {
  if (isIn) set.add(item);
  else set.delete(item);
}

function extrasOf(extras: Extras | undefined, by: string): Partial<Write> {
  switch (extras) {
    case undefined:
      return {};
    case 'metadata':
      return { metadata: { author: by } };
    case 'tags':
      return { tags: { author: by } };
    case 'odd':
      return { metadata: { author: by }, hasOddMetadata: true };
    case 'headers':
      return {
        contentHeaders: { contentType: 'text/plain', cacheControl: by },
        storageClass: 'STANDARD_IA',
      };
    case 'unsendable':
      return {
        contentHeaders: { contentType: 'text/csv', contentDisposition: `${by}é` },
        tags: { author: by },
        isUnsendable: true,
      };
  }
}
