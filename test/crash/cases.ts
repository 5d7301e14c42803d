import type { OutcomeName } from '../../src/core/outcome.ts';
import { asciiJson } from '../../src/local/ascii-json.ts';
import type { Bucket, Version, Versioning } from '../../src/local/s3/store/bucket.ts';
import {
  bytesContent,
  type Content,
  checksum,
  generatedContent,
  md5Hex,
  sizeOf,
} from '../../src/local/s3/store/content.ts';
import type { Store } from '../../src/local/s3/store/store.ts';
import type { Random } from '../../src/local/synthea/random.ts';
import { findingAbout } from '../support/uploaded.ts';

/** One version of one key, by its place. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
}

/** What is sent about one object, and what must be true of it in the end, however often workers die. */
export interface Case {
  readonly kind: string;
  readonly bodies: readonly string[];
  readonly findingIds: readonly string[];
  /** The outcomes that its records may name. */
  readonly allowed: readonly OutcomeName[];
  /** The one that a record of it must name; absent where the message has no id to be recorded under. */
  readonly required?: OutcomeName;
  /** The flagged bytes and those identical to them. */
  readonly flagged: readonly Place[];
  /** Whether the flagged bytes are gone from the source in the end, and in the isolation bucket. */
  readonly removed: boolean;
  readonly copied: boolean;
  readonly parked: boolean;
}

/** What is like this about most cases. */
const plain = { flagged: [], removed: false, copied: false, parked: false } as const;
const isolation = {
  allowed: ['isolated', 'already_isolated'],
  required: 'isolated',
  removed: true,
  copied: true,
  parked: false,
} as const satisfies Partial<Case>;

const hardKeys = [
  'with spaces and + plus',
  'per%20cent%2Fencoded',
  'question?mark#hash&amp;',
  'a//b///c',
  '../../etc/passwd',
  '顧客/データ',
  'emoji-🏥-👩‍⚕️',
  'control-\u0001\t\n',
  'quotes\'"`$(x);',
  `long/${'é'.repeat(480)}`,
];

/** Above the threshold that the workers are given, so that it is copied in parts. */
export const partBytes = 5 * 1024 ** 2;

/** One case of each kind in turn, until there are messages enough. */
export function createCases(store: Store, messages: number, random: Random): readonly Case[] {
  const maker = createMaker(store, random);
  const cases: Case[] = [];
  let sent = 0;
  for (let index = 0; sent < messages; index += 1) {
    const make = makers[index % makers.length];
    if (make === undefined) break;
    const made = make(maker, index);
    cases.push(made);
    sent += made.bodies.length;
  }
  return cases;
}

type Make = (maker: Maker, index: number) => Case;

const makers: readonly Make[] = [
  (maker) => isolated('unversioned', maker, maker.put('never')),
  (maker) => {
    const key = maker.key();
    maker.put('enabled', key);
    return isolated('current version', maker, maker.put('enabled', key));
  },
  (maker) => {
    const flagged = maker.put('enabled');
    maker.put('enabled', flagged.key);
    return isolated('noncurrent version', maker, flagged);
  },
  (maker) => isolated('suspended bucket', maker, maker.put('suspended')),
  (maker) => {
    const key = maker.key();
    const content = maker.content();
    const first = maker.put('enabled', key, content);
    maker.put('enabled', key);
    const flagged = maker.put('enabled', key, content);
    return { ...isolated('identical versions', maker, flagged), flagged: [flagged, first] };
  },
  (maker, index) => isolated('in parts', maker, maker.put('never', maker.key(), maker.large(index))),
  (maker, index) =>
    isolated('in parts, versioned', maker, maker.put('enabled', maker.key(), maker.large(index))),
  (maker, index) =>
    isolated('hard key', maker, maker.put('never', maker.key(hardKeys[index % hardKeys.length]))),
  (maker) => {
    const made = isolated('sent twice', maker, maker.put('never'));
    return { ...made, bodies: [...made.bodies, ...made.bodies] };
  },
  (maker) => {
    const flagged = maker.put('enabled');
    const [one, other] = [isolated('two findings', maker, flagged), isolated('', maker, flagged)];
    return {
      ...one,
      bodies: [...one.bodies, ...other.bodies],
      findingIds: [...one.findingIds, ...other.findingIds],
    };
  },
  (maker) => {
    const flagged = maker.put('enabled');
    maker.lock(flagged);
    const retained = { allowed: ['retained'], required: 'retained', copied: true, parked: true } as const;
    return { ...plain, ...maker.sent('locked', flagged), ...retained, flagged: [flagged] };
  },
  (maker) => {
    const flagged = maker.put('never');
    maker.put('never', flagged.key);
    return { ...plain, ...maker.sent('changed', flagged), allowed: ['changed'], required: 'changed' };
  },
  (maker) => {
    const flagged = maker.put('never');
    maker.erase(flagged);
    return { ...plain, ...maker.sent('gone', flagged), allowed: ['gone'], required: 'gone' };
  },
  (maker) => {
    const sent = maker.sent('alerted', maker.put('never'), { severity: { score: 2, description: 'Medium' } });
    return { ...plain, ...sent, allowed: ['alerted'], required: 'alerted' };
  },
  (maker) => {
    const sent = maker.sent('ignored', maker.put('never'), { sample: true });
    return { ...plain, ...sent, allowed: ['ignored'], required: 'ignored' };
  },
  (maker) => {
    const sent = maker.sent('rejected', maker.put('never'), { resourcesAffected: null });
    return { ...plain, ...sent, allowed: ['rejected'], required: 'rejected', parked: true };
  },
  (maker) => {
    const body = `no JSON {${maker.key()}`;
    return { ...plain, kind: 'malformed', bodies: [body], findingIds: [], allowed: [], parked: true };
  },
];

function isolated(kind: string, maker: Maker, flagged: Stored): Case {
  return { ...maker.sent(kind, flagged), ...isolation, flagged: [flagged] };
}

interface Stored extends Place {
  readonly version: Version;
}

interface Maker {
  key(name?: string): string;
  content(): Content;
  large(seed: number): Content;
  put(versioning: Versioning, key?: string, content?: Content): Stored;
  lock(place: Place): void;
  erase(place: Place): void;
  sent(
    kind: string,
    about: Stored,
    overrides?: Record<string, unknown>,
  ): Pick<Case, 'kind' | 'bodies' | 'findingIds'>;
}

function createMaker(store: Store, random: Random): Maker {
  const buckets = new Map<Versioning, Bucket>(
    (['never', 'enabled', 'suspended'] as const).map((versioning) => [
      versioning,
      store.createBucket(`data-${versioning}`, { versioning }),
    ]),
  );
  const id = () => random.uuid().replaceAll('-', '');
  const key = (name = 'data') => `${name}/${id()}.csv`;
  const content = () => bytesContent(Buffer.from(`name,ssn\n${id().repeat(random.integer(1, 40))}\n`));
  return {
    key,
    content,
    large: (seed) => generatedContent(partBytes * random.integer(1, 3) + random.integer(1, 1_000_000), seed),
    put(versioning, at = key(), bytes = content()) {
      const bucket = buckets.get(versioning);
      if (bucket === undefined) throw new Error(`no bucket that is ${versioning}`);
      const version = store.put(bucket, at, {
        isMarker: false,
        content: bytes,
        sizeBytes: sizeOf(bytes),
        eTag: md5Hex(bytes),
        lastModified: new Date(),
        checksum: { algorithm: 'CRC64NVME', value: checksum(bytes, 'CRC64NVME'), type: 'FULL_OBJECT' },
        metadata: {},
        headers: { 'content-type': 'text/csv' },
        tags: [],
        storageClass: 'STANDARD',
        encryption: {},
      });
      return { bucket: bucket.name, key: at, versionId: version.id, version };
    },
    lock(place) {
      const version = versionAt(store, place);
      if (version) version.retention = { mode: 'GOVERNANCE', until: new Date(Date.now() + 86_400_000) };
    },
    erase: ({ bucket, key: at }) => void store.plainDelete(store.bucket(bucket), at, new Date()),
    sent(kind, { bucket, key: at, version }, overrides = {}) {
      const versionId = bucket === 'data-never' ? '' : version.id;
      const object = { bucket, key: at, eTag: version.eTag, versionId, sizeBytes: version.sizeBytes };
      const finding = { ...findingAbout(object), ...overrides, id: id() };
      return { kind, findingIds: [finding.id], bodies: [asciiJson(JSON.stringify(finding))] };
    },
  };
}

/** Not the marker that a suspended bucket keeps under the id of what it replaced. */
export function versionAt(store: Store, { bucket, key, versionId }: Place): Version | undefined {
  return store
    .bucket(bucket)
    .objects.get(key)
    ?.find(({ id, isMarker }) => id === versionId && !isMarker);
}
