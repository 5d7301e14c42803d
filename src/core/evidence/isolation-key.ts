import { createHash } from 'node:crypto';
import type { FlaggedObject, ObjectAddress } from '../finding.ts';

/** S3's limit for a key, in bytes of UTF-8. */
const maximumKeyBytes = 1024;

/**
 * Where an object's isolated copy lies, computed from the finding alone, so that it can be found
 * after the source is gone. Injective: account and bucket hold no `/`, and an id holds no `@` or `~`,
 * so the last `@` ends the key whatever the key holds. `attempt` 1 is the one other place that is
 * tried when what lies at the first does not verify.
 */
export function isolationKey(object: FlaggedObject, attempt: 0 | 1): string {
  const id = `${object.versionId ?? object.eTag}${attempt === 0 ? '' : '~1'}`;
  const [plain, hashed] = prefixesOfCopies(object);
  return Buffer.byteLength(plain + id) <= maximumKeyBytes ? plain + id : hashed + id;
}

/** What the keys of all copies of one key begin with. Which of the two it is depends on the length of the id. */
export function prefixesOfCopies({ accountId, bucket, key }: ObjectAddress): readonly [string, string] {
  return [
    `objects/${accountId}/${bucket}/${key}@`,
    `objects-hashed/${accountId}/${bucket}/${sha256Hex(key)}@`,
  ];
}

/** Whether a key of the isolation bucket is that of a copy of this very key, and not of one that goes on with an `@` of its own. */
export function isCopyUnder(prefix: string, isolationKey: string): boolean {
  return isolationKey.startsWith(prefix) && /^[^@~]+(~1)?$/.test(isolationKey.slice(prefix.length));
}

/** Both places in the order in which they are tried. */
export function isolationKeys(object: FlaggedObject): readonly [string, string] {
  return [isolationKey(object, 0), isolationKey(object, 1)];
}

/**
 * What a halted worker puts and copies to find out whether it may go on. The copy's key is of the form of an
 * isolated object's, so the permissions of real copies decide. No real copy has this key: the isolation
 * bucket is never a source.
 */
export function probeKeys(probe: {
  readonly accountId: string;
  readonly isolationBucket: string;
  readonly worker: string;
  readonly since: Date;
}): { readonly from: string; readonly to: string } {
  const worker = probe.worker.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64) || 'worker';
  const start = probe.since.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return {
    from: `control/probe/${worker}`,
    to: `objects/${probe.accountId}/${probe.isolationBucket}/.probe@${start}-${worker}`,
  };
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
