import { setTimeout as delay } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { parseRecordKey, prefixes } from '../../core/evidence/keys.ts';
import type { MacieFinding } from '../macie/finding.ts';
import { scanBucket } from '../macie/scan-bucket.ts';
import { generateTables } from '../synthea/generate.ts';
import { countersOf, moved } from './counters.ts';
import {
  type AlertSeen,
  isolatedCopies,
  isReadable,
  listKeys,
  type Place,
  readAlerts,
  readRecords,
  sha256,
} from './look.ts';
import type { DemoWorld } from './world.ts';

export interface DemoOptions {
  readonly seed: number;
  readonly full: boolean;
}

export interface DemoFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Absent for a clean file. */
  readonly findingType?: string;
  readonly severity?: string;
  readonly outcome?: string;
  /** The rule of the policy that decided. */
  readonly rule?: string;
  /** The place where the bytes of the file were found, by reading both buckets. */
  readonly place: Place;
  readonly isolatedAs?: string;
}

export interface DemoResult {
  readonly seed: number;
  readonly full: boolean;
  readonly files: readonly DemoFile[];
  readonly alerts: readonly AlertSeen[];
  readonly recordKeys: readonly string[];
  readonly isolationBucket: string;
  readonly metrics: readonly string[];
}

/** Reports the present step of the demo to people. */
export interface Progress {
  <T>(title: string, step: (say: (text: string) => void) => Promise<T>): Promise<T>;
}

interface Uploaded {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly versionId: string | undefined;
}

/** Runs the main job from end to end. The world may have run the demo before. */
export async function runDemo(
  world: DemoWorld,
  { seed, full }: DemoOptions,
  progress: Progress,
): Promise<DemoResult> {
  const countersBefore = countersOf(await world.expositions());
  const uploaded = await progress('Upload sixteen Synthea tables to the data bucket', async (say) => {
    const files: Uploaded[] = [];
    for (const [table, csv] of generateTables({ seed, full })) {
      say(table);
      files.push(await upload(world, `${table}.csv`, Buffer.from(csv)));
    }
    return files;
  });
  const findings = await progress('Scan them as Macie would', async () => {
    const { account, region, dataBucket: bucket } = world;
    const all = await scanBucket(world.s3, { bucket, account, region });
    return all.filter((finding) => uploaded.some(({ name }) => name === keyOf(finding)));
  });
  await progress('Put the findings on the event bus', async (say) => {
    say(`${findings.length} findings`);
    for (const finding of findings) await world.put(finding);
  });
  await progress('Let the worker act on them', (say) => untilRecorded(world, findings, say));
  return progress('Read buckets, records, alerts and metrics', async () => {
    const result = await look(world, uploaded, findings);
    const metrics = moved(countersBefore, countersOf(await world.expositions()));
    return { seed, full, ...result, metrics };
  });
}

const keyOf = (finding: MacieFinding) => finding.resourcesAffected.s3Object.key;

async function upload({ s3, dataBucket }: DemoWorld, name: string, bytes: Buffer): Promise<Uploaded> {
  const { VersionId } = await s3.send(
    new PutObjectCommand({ Bucket: dataBucket, Key: name, Body: bytes, ContentType: 'text/csv' }),
  );
  return { name, sizeBytes: bytes.length, sha256: sha256(bytes), versionId: VersionId };
}

const patienceMs = 120_000;

/** Waits for the records: a record is the last step before the acknowledgement. */
async function untilRecorded(
  world: DemoWorld,
  findings: readonly MacieFinding[],
  say: (text: string) => void,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let said = -1;
  for (;;) {
    const { length } = await recordsOf(world, findings);
    if (length !== said) say(`${length} of ${findings.length} recorded`);
    said = length;
    if (length >= findings.length) return;
    if (performance.now() > deadline) {
      throw new Error(`only ${length} of ${findings.length} findings were recorded; ${world.explain()}`);
    }
    await delay(100);
  }
}

/** Returns the keys of the records of these findings. */
async function recordsOf(world: DemoWorld, findings: readonly MacieFinding[]): Promise<readonly string[]> {
  const ids = new Set(findings.map(({ id }) => id));
  const keys = await listKeys(world.s3, world.isolationBucket, prefixes.records);
  return keys.filter((key) => ids.has(parseRecordKey(key)?.findingId ?? ''));
}

async function look(world: DemoWorld, uploaded: readonly Uploaded[], findings: readonly MacieFinding[]) {
  const { s3, isolationBucket } = world;
  const recordKeys = await recordsOf(world, findings);
  const records = new Map(
    (await readRecords(s3, isolationBucket, recordKeys)).map((record) => [record.finding_id, record]),
  );
  const copies = await isolatedCopies(s3, isolationBucket);
  const files: DemoFile[] = [];
  for (const file of uploaded) {
    const finding = findings.find((each) => keyOf(each) === file.name);
    const record = finding && records.get(finding.id);
    const keys = copies.get(file.sha256) ?? [];
    // An earlier run with the same seed isolated the same bytes.
    const copy = keys.find((key) => key === record?.isolation_key) ?? keys[0];
    const readable = await isReadable(s3, world.dataBucket, file.name, file.versionId);
    files.push({
      name: file.name,
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      place: placeOf(readable, copy !== undefined),
      ...(finding && { findingType: finding.type, severity: finding.severity.description }),
      ...(record && {
        outcome: record.outcome,
        rule: record.policy_exception ?? record.policy_rule ?? 'none',
      }),
      ...(copy !== undefined && { isolatedAs: copy }),
    });
  }
  return { files, alerts: await alertsOf(world, findings), recordKeys, isolationBucket };
}

async function alertsOf({ sqs, inboxQueueUrl }: DemoWorld, findings: readonly MacieFinding[]) {
  const ids = new Set(findings.map(({ id }) => id));
  const alerts = await readAlerts(sqs, inboxQueueUrl);
  return alerts.filter(({ findingId }) => ids.has(findingId));
}

function placeOf(atSource: boolean, isolated: boolean): Place {
  if (atSource) return isolated ? 'both buckets' : 'data bucket';
  return isolated ? 'isolation bucket' : 'nowhere';
}
