import { requestKey } from '../evidence/keys.ts';
import { type IsolationRequest, parseRequest } from '../evidence/requests.ts';
import type { Finding } from '../finding.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import type { Message } from '../message.ts';
import type { Observer } from '../observer.ts';
import { type Parsed, parseFinding } from './parse-finding.ts';
import { requestNamed } from './parse-request.ts';

export interface MessagePorts {
  readonly isolationBucket: Pick<IsolationBucket, 'get'>;
  readonly observer: Pick<Observer, 'messageRead'>;
}

/**
 * Reads what a message is about: the finding in its body, or the request that it names. A request is read from the
 * isolation bucket, where only operators can put it, and the message says nothing else about it. Throws if the bucket
 * cannot be read.
 */
export async function readMessage(message: Message, ports: MessagePorts): Promise<Parsed> {
  const told = requestNamed(message);
  const parsed =
    told === undefined ? parseFinding(message.body, message.sentAt) : await readRequest(told, message, ports);
  const id = parsed.kind === 'finding' ? parsed.finding.id : parsed.findingId;
  const whole = parsed.kind === 'finding' ? parsed.finding : undefined;
  if (id !== undefined) ports.observer.messageRead(message, id, whole);
  return parsed;
}

async function readRequest(
  told: { readonly id: string } | 'none',
  message: Message,
  { isolationBucket, observer }: MessagePorts,
): Promise<Parsed> {
  const rejected = {
    kind: 'rejected',
    reason: 'not-confirmed',
    unconfirmed: { why: 'no-request' },
  } as const;
  if (told === 'none') return rejected;
  const { id } = told;
  // If the bucket cannot be read, the lines about the failure name the request all the same.
  observer.messageRead(message, id);
  const request = parseRequest(await isolationBucket.get(requestKey(id)), id);
  if (request === undefined) return { ...rejected, findingId: id, createdAt: message.sentAt };
  return { kind: 'finding', finding: requestedFinding(request) };
}

/**
 * A request says which object is meant, and nothing about what is in it. So everything else is unknown, and an
 * exception of the policy that asks for it applies. The release records are always looked at, because a request names
 * no tags that could hold their mark.
 */
function requestedFinding({ id, object, requestedAt, who, why }: IsolationRequest): Finding {
  return {
    id,
    createdAt: requestedAt,
    object: { ...object, releaseMark: true },
    detections: [],
    detectionsOmitted: 0,
    omitted: { managed: 1, custom: 1 },
    request: { who, why },
  };
}
