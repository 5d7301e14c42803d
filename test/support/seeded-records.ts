import { createHash } from 'node:crypto';
import { recordKey } from '../../src/core/evidence/keys.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { evidenceRecord, type RecordInput } from '../../src/core/tell/record.ts';
import { bytesContent } from '../../src/local/s3/store/content.ts';
import { finding } from './findings.ts';
import { place } from './placed.ts';
import type { World } from './world.ts';

type Overrides = Partial<Omit<RecordInput, 'finding'>> & {
  readonly finding?: Partial<RecordInput['finding']>;
};

/** A finding id that depends on a number alone. */
export function seededId(number: number): string {
  return createHash('md5').update(String(number)).digest('hex');
}

/** A record as the worker writes it. */
export function seededRecord(overrides: Overrides = {}) {
  const { finding: about, ...more } = overrides;
  const at = about?.createdAt ?? new Date('2026-11-20T19:46:53.031Z');
  const later = (seconds: number) => new Date(at.getTime() + seconds * 1_000);
  const input: RecordInput = {
    finding: { ...finding({ createdAt: at }), ...about },
    outcome: { name: 'alerted' },
    decision: { action: 'alert', rule: 'default', policy: '0123456789abcdef' },
    isolationBucket: 'isolation',
    alert: 'sent',
    message: { id: '6c8f0a3e', receiveCount: 1, sentAt: later(1) },
    receivedAt: later(2),
    recordedAt: later(3),
    serviceVersion: '1.2.3',
    ...more,
  };
  return { key: recordKey(input.finding, input.outcome), json: JSON.stringify(evidenceRecord(input)) };
}

/** Puts objects into the isolation bucket past S3, as fast as memory allows. */
export function putIntoIsolation({ aws, isolationBucket }: World, key: string, text: string): void {
  const headers = { 'content-type': 'application/json' };
  place(aws.s3.store, { bucket: isolationBucket, key }, bytesContent(Buffer.from(text)), { headers });
}

/** Seeds the record of a finding; answers the key of the record. */
export function seedRecord(world: World, overrides: Overrides & { readonly outcome?: Outcome }): string {
  const { json, key } = seededRecord(overrides);
  putIntoIsolation(world, key, json);
  return key;
}
