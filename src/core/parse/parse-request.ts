import * as z from 'zod';
import { requestIdPattern } from '../evidence/requests.ts';
import { jsonOf } from '../json.ts';
import type { Message } from '../message.ts';

const schema = z.object({ version: z.literal(1), request: z.string().regex(requestIdPattern) });

/** The body of a message about a request: only the id, so that nothing in a message can be taken for the request itself. */
export function requestBody(id: string): string {
  return JSON.stringify({ version: 1, request: id });
}

/**
 * Returns the id of the request that a message is about, `none` if the message names no request although it should,
 * and `undefined` if the message is about a finding. A message with the origin `manual` is never taken for a finding.
 * A parked request that was moved back has the origin `replay`, like a parked finding, so its body tells.
 */
export function requestNamed({
  body,
  origin,
}: Pick<Message, 'body' | 'origin'>): { readonly id: string } | 'none' | undefined {
  if (origin !== 'manual' && origin !== 'replay') return undefined;
  const told = schema.safeParse(jsonOf(body)).data;
  if (told !== undefined) return { id: told.request };
  return origin === 'manual' ? 'none' : undefined;
}
