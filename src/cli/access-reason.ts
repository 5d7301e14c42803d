import { randomUUID } from 'node:crypto';
import type { OperatorClients } from '../compose/operator/clients.ts';
import type { AccessReason } from '../core/operate/access.ts';
import { whoIsResponsible } from './responsible.ts';

/** The line about an access names the credentials too, because `--who` may be any name. */
export async function accessReason(
  flags: { readonly who?: string; readonly reason: string },
  clients: OperatorClients,
): Promise<AccessReason> {
  const who = await whoIsResponsible(flags.who, clients);
  const principal = flags.who === undefined ? who : await clients.callerArn().catch(() => undefined);
  return { who, why: flags.reason, ...(principal !== undefined && { principal }) };
}

/** Two accesses of the same instant have lines of their own. */
export function momentOfAccess(): { readonly now: Date; readonly suffix: string } {
  return { now: new Date(), suffix: randomUUID() };
}
