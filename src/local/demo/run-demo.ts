import { setTimeout as delay } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { localAccount, localRegion } from '../local-aws.ts';
import type { MacieFinding } from '../macie/finding.ts';
import { scanBucket } from '../macie/scan-bucket.ts';
import { generateTables } from '../synthea/generate.ts';
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
import { type DemoWorld, startWorld } from './world.ts';

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
  /** Where its bytes were found, by reading both buckets. */
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

/** What the demo is at, for people who watch. */
export interface Progress {
  <T>(title: string, step: (say: (text: string) => void) => Promise<T>): Promise<T>;
}

interface Uploaded {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly versionId: string | undefined;
}

/** The main job from end to end; the world stays up for the caller to look at and to close. */
export async function runDemo(
  { seed, full }: DemoOptions,
  progress: Progress,
): Promise<{ readonly world: DemoWorld; readonly result: DemoResult }> {
  const world = await progress('Start S3, SQS, SNS, the event bus and the worker', startWorld);
  const uploaded = await progress('Upload sixteen Synthea tables to the data bucket', async (say) => {
    const files: Uploaded[] = [];
    for (const [table, csv] of generateTables({ seed, full })) {
      say(table);
      files.push(await upload(world, `${table}.csv`, Buffer.from(csv)));
    }
    return files;
  });
  const findings = await progress('Scan them as Macie would', () =>
    scanBucket(world.s3, { bucket: world.dataBucket, account: localAccount, region: localRegion }),
  );
  await progress('Put the findings on the event bus', async (say) => {
    say(`${findings.length} findings`);
    for (const detail of findings) {
      await world.aws.dataPlane.bus.put({ source: 'aws.macie', detailType: 'Macie Finding', detail });
    }
  });
  await progress('Let the worker act on them', (say) => untilRecorded(world, findings.length, say));
  const result = await progress('Read buckets, records, alerts and metrics', () =>
    look(world, uploaded, findings, { seed, full }),
  );
  return { world, result };
}

async function upload({ s3, dataBucket }: DemoWorld, name: string, bytes: Buffer): Promise<Uploaded> {
  const { VersionId } = await s3.send(
    new PutObjectCommand({ Bucket: dataBucket, Key: name, Body: bytes, ContentType: 'text/csv' }),
  );
  return { name, sizeBytes: bytes.length, sha256: sha256(bytes), versionId: VersionId };
}

const patienceMs = 120_000;

/** A record is the last thing before the acknowledgement. */
async function untilRecorded(world: DemoWorld, count: number, say: (text: string) => void): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const keys = await listKeys(world.s3, world.aws.dataPlane.isolationBucket, 'records/');
    say(`${keys.length} of ${count} recorded`);
    if (keys.length >= count) return;
    if (performance.now() > deadline) {
      const lines = world.log.slice(-20).join('');
      throw new Error(
        `only ${keys.length} of ${count} findings were recorded; the worker's last lines:\n${lines}`,
      );
    }
    await delay(100);
  }
}

async function look(
  world: DemoWorld,
  uploaded: readonly Uploaded[],
  findings: readonly MacieFinding[],
  options: DemoOptions,
): Promise<DemoResult> {
  const { dataPlane } = world.aws;
  const { isolationBucket } = dataPlane;
  const records = new Map(
    (await readRecords(world.s3, isolationBucket)).map((record) => [record.finding_id, record]),
  );
  const copies = await isolatedCopies(world.s3, isolationBucket);
  const files: DemoFile[] = [];
  for (const file of uploaded) {
    const finding = findings.find((each) => each.resourcesAffected.s3Object.key === file.name);
    const copy = copies.get(file.sha256);
    const readable = await isReadable(world.s3, world.dataBucket, file.name, file.versionId);
    const outcome = finding && records.get(finding.id)?.outcome;
    files.push({
      name: file.name,
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      place: placeOf(readable, copy !== undefined),
      ...(finding && { findingType: finding.type, severity: finding.severity.description }),
      ...(outcome !== undefined && { outcome }),
      ...(copy !== undefined && { isolatedAs: copy }),
    });
  }
  return {
    ...options,
    files,
    alerts: await readAlerts(world.sqs, dataPlane.inboxQueueUrl),
    recordKeys: await listKeys(world.s3, isolationBucket, 'records/'),
    isolationBucket,
    metrics: moved(await world.worker.metrics()),
  };
}

function placeOf(atSource: boolean, isolated: boolean): Place {
  if (atSource) return isolated ? 'both buckets' : 'data bucket';
  return isolated ? 'isolation bucket' : 'nowhere';
}

const shownMetrics =
  /^isolator_(isolations_total|isolated_bytes_total|alerts_total|messages_received_total|messages_settled_total)\b/;

/** The counters among the metrics that are no longer 0. */
function moved(exposition: string): readonly string[] {
  return exposition.split('\n').filter((line) => shownMetrics.test(line) && !line.endsWith(' 0'));
}
