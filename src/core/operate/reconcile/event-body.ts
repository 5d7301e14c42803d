import { jsonOf } from '../../json.ts';
import type { ListedFinding } from '../list-findings.ts';

/**
 * Returns a finding as EventBridge delivers it to the queue. SQS refuses some characters that keys may have, so
 * the text is ASCII, in which JSON escapes them.
 */
export function eventBody({ body, createdAt, id }: ListedFinding): string {
  const detail = (jsonOf(body) ?? {}) as { readonly accountId?: unknown; readonly region?: unknown };
  const event = {
    version: '0',
    id,
    'detail-type': 'Macie Finding',
    source: 'aws.macie',
    account: detail.accountId,
    time: createdAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: detail.region,
    resources: [],
    detail,
  };
  return asciiJson(JSON.stringify(event));
}

function asciiJson(json: string): string {
  return json.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
