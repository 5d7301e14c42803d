import { createOutcomeBus } from '../aws/eventbridge/outcome-bus.ts';
import type { Clients } from '../aws/sdk/clients.ts';
import type { OutcomeBus } from '../core/outcome-event.ts';

/** Returns `undefined` if no bus is set. The bus is called in its own region, whose endpoint alone knows the bus. */
export function composeOutcomeBus(clients: Clients, busArn: string | undefined): OutcomeBus | undefined {
  if (busArn === undefined) return undefined;
  const [, , , region = ''] = busArn.split(':');
  return createOutcomeBus(() => clients.eventBridge(region), busArn);
}
