import type { Alert } from '../alert.ts';
import type { AlertTopic } from '../alert-topic.ts';
import { errorCode } from '../errors.ts';
import { toldNoteKey } from '../evidence/keys.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';

export type ToldAgain =
  | { readonly kind: 'sent' | 'told-before' | 'no-topic' }
  | { readonly kind: 'failed'; readonly code: string }
  /** The alert was sent, and `error` kept the note from being written: a repetition sends it again. */
  | { readonly kind: 'not-noted'; readonly error: unknown };

/**
 * Sends an alert that had failed, and notes that it was sent. The record stays as it is, so only the note keeps
 * a repetition from telling people twice. A crash between alert and note repeats one true alert.
 */
export async function tellAgain(
  recordKey: string,
  alert: Alert,
  {
    alerts,
    clock,
    isolationBucket,
  }: {
    readonly alerts: AlertTopic;
    readonly clock: () => Date;
    readonly isolationBucket: IsolationBucket;
  },
): Promise<ToldAgain> {
  const note = toldNoteKey(recordKey);
  if ((await isolationBucket.get(note)) !== undefined) return { kind: 'told-before' };
  try {
    if ((await alerts.publish(alert)) === 'none') return { kind: 'no-topic' };
  } catch (error) {
    return { kind: 'failed', code: errorCode(error) };
  }
  try {
    await isolationBucket.put(note, JSON.stringify({ record: recordKey, told_at: clock().toISOString() }));
  } catch (error) {
    return { kind: 'not-noted', error };
  }
  return { kind: 'sent' };
}

/** Whether people were told later of a record whose alert had failed. */
export async function wasToldLater(
  recordKey: string,
  get: (key: string) => Promise<string | undefined>,
): Promise<boolean> {
  return (await get(toldNoteKey(recordKey))) !== undefined;
}
