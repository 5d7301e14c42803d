import type { Forgotten } from '../model/ports.ts';

/** A guard, and how to take it out: of the product's source, or of the model that stands for S3. */
export type Guard = {
  readonly name: string;
  /** The invariant that breaks without it, ... */
  readonly breaks: string;
  /** ... in the run of this seed. Another is found by `npm run simulate -- --without '<name>'`. */
  readonly seed: number;
  readonly enforcedBy: string;
} & (
  | { readonly file: string; readonly find: string; readonly replace: string }
  | { readonly forgotten: Forgotten }
);

/** Each of these must be missed: the simulation finds a broken invariant without it. */
export const guards: readonly Guard[] = [
  {
    name: 'CopySourceIfMatch',
    breaks: 'never touch other bytes',
    seed: 1540675112,
    enforcedBy: '`CopySourceIfMatch` on every copy',
    forgotten: 'CopySourceIfMatch',
  },
  {
    name: 'If-Match on the delete of an unversioned object',
    breaks: 'never touch other bytes',
    seed: 2004924825,
    enforcedBy: '`If-Match`',
    forgotten: 'If-Match on delete',
  },
  {
    name: 'a marker only with If-Match',
    breaks: 'never touch other bytes',
    seed: 895236126,
    enforcedBy: '`If-Match`',
    forgotten: 'If-Match on marker',
  },
  {
    name: 'a copy is never overwritten',
    breaks: 'never lose bytes',
    seed: 1464758918,
    enforcedBy: '`IfNoneMatch: *`',
    forgotten: 'IfNoneMatch',
  },
  {
    name: 'a version is deleted by its id',
    breaks: 'never leave flagged bytes readable',
    seed: 322911193,
    enforcedBy: '`core/remove-versions.ts`',
    file: 'remove-versions.ts',
    find: "if (versionId !== 'null') return source.deleteVersion(object, versionId);",
    replace: "if (versionId !== 'null') return source.deleteCurrent(object, eTag);",
  },
  {
    name: 'identity',
    breaks: 'never touch other bytes',
    seed: 290114565,
    enforcedBy: '`core/locate-object.ts`',
    file: 'locate-object.ts',
    find: 'return object.eTag === undefined || object.eTag === stored.eTag;',
    replace: 'return true;',
  },
  {
    name: 'verification of a new copy',
    breaks: 'never lose bytes',
    seed: 1185423611,
    enforcedBy: '`core/copy-object.ts`',
    file: 'copy-object.ts',
    find: ": shown === 'equal';",
    replace: ': true;',
  },
  {
    name: 'verification of a found copy',
    breaks: 'no untrue word',
    seed: 1185423611,
    enforcedBy: '`core/copy-object.ts`',
    file: 'copy-object.ts',
    find: "if (!(await proves(key, there, provenance, isolation))) return 'unproved';",
    replace: '',
  },
  {
    name: 'delete after copy',
    breaks: 'never lose bytes',
    seed: 333862149,
    enforcedBy: '`core/isolate.ts`',
    file: 'isolate.ts',
    find: 'copy = await makeVerifiedCopy(finding, stored, ports, settings.serviceVersion);',
    replace:
      'await removeFlaggedBytes(finding.object, stored, ports.source, choose, async () => undefined); copy = await makeVerifiedCopy(finding, stored, ports, settings.serviceVersion);',
  },
  {
    name: 'record before acknowledgement',
    breaks: 'never drop work',
    seed: 333862149,
    enforcedBy: '`core/conclude.ts`',
    file: 'conclude.ts',
    find: "recorded = (await timed(ports, 'record', put)) === 'written';",
    replace: 'recorded = put !== undefined;',
  },
  {
    name: 'park before delete',
    breaks: 'never drop work',
    seed: 418618474,
    enforcedBy: '`core/settle.ts`',
    file: 'settle.ts',
    find: "if (settlement.by === 'park') await exits.park(settlement);\n  await exits.acknowledge(settlement.by);",
    replace:
      "await exits.acknowledge(settlement.by);\n  if (settlement.by === 'park') await exits.park(settlement);",
  },
  {
    name: 'loop guard',
    breaks: 'never lose bytes',
    seed: 322911193,
    enforcedBy: '`core/handle-finding.ts`',
    file: 'handle-finding.ts',
    find: 'if (finding.object.bucket === ports.isolation.name) {',
    replace: 'if (finding.object.bucket === "") {',
  },
  {
    name: 'release check',
    breaks: 'effect once',
    seed: 255918411,
    enforcedBy: '`core/isolate.ts`',
    file: 'isolate.ts',
    find: 'if (wasThere && (await released())) return await',
    replace: 'if (wasThere && released === undefined) return await',
  },
  {
    name: 'release check of other versions',
    breaks: 'effect once',
    seed: 720873941,
    enforcedBy: '`core/choose-versions.ts`',
    file: 'choose-versions.ts',
    find: 'if (await isReleased(object, stored, isolation)) continue;',
    replace: '',
  },
  {
    name: 'a marker where an older version would surface',
    breaks: 'never leave flagged bytes readable',
    seed: 1671529650,
    enforcedBy: '`core/plan-removal.ts`',
    file: 'plan-removal.ts',
    find: 'const needsMarker = current !== undefined && isRemoved(current.versionId) && surfaces;',
    replace:
      'const needsMarker = current !== undefined && isRemoved(current.versionId) && surfaces && current.eTag === "";',
  },
  {
    name: 'identical versions go too',
    breaks: 'never leave flagged bytes readable',
    seed: 1687050110,
    enforcedBy: '`core/choose-versions.ts`',
    file: 'choose-versions.ts',
    find: 'others.push({ versionId, eTag: stored.eTag });',
    replace: '',
  },
  {
    name: 'the flagged version goes last',
    breaks: 'never leave flagged bytes readable',
    seed: 1073183214,
    enforcedBy: '`core/plan-removal.ts`',
    file: 'plan-removal.ts',
    find: 'const remove = flagged ? [...chosen.others, flagged] : chosen.others;',
    replace: 'const remove = flagged ? [flagged, ...chosen.others] : chosen.others;',
  },
  {
    name: 'our marker stays where what it hides is gone',
    breaks: 'never leave flagged bytes readable',
    seed: 1328866960,
    enforcedBy: '`core/remove-versions.ts`',
    file: 'remove-versions.ts',
    find: 'there?.eTag === hidden?.eTag && (await',
    replace: 'there?.eTag !== "" && (await',
  },
  {
    name: 'look before it is said to be gone or changed',
    breaks: 'no untrue word',
    seed: 593138931,
    enforcedBy: '`core/explain-absence.ts`',
    file: 'explain-absence.ts',
    find: "if (found.kind === 'verified') return finishIsolation(about, found.copy);\n  const hasNoBucket",
    replace: 'const hasNoBucket',
  },
];
