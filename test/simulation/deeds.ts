import type { ModelS3 } from './model/s3.ts';
import type { Deed } from './world.ts';

/** What operators have the workers do at the moment. */
export interface Rules {
  isolates: boolean;
}

/** Carries out what an owner or administrator does. What cannot be done (nothing there, locked) is not. */
export function carryOut(deed: Deed, by: string, s3: ModelS3, rules: Rules): void {
  switch (deed.kind) {
    case 'put':
      s3.put(deed, { bytes: deed.bytes, form: deed.form }, by);
      return;
    case 'erase':
      s3.deletePlainly(deed, by);
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
    case 'deny-reads':
      s3.bucket(deed.bucket).readsDenied = deed.denied;
      return;
    case 'deny-deletes':
      s3.bucket(deed.bucket).deletesDenied = deed.denied;
      return;
    case 'policy':
      rules.isolates = deed.isolates;
  }
}
