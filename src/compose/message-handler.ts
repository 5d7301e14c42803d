import type { HandleMessage } from '../aws/queue/in-flight.ts';
import type { Config } from '../config/config.ts';
import { type HandleSettings, handleFinding } from '../core/handle-finding.ts';
import type { Ports } from '../core/ports.ts';
import { sendEvents } from '../core/tell/send-events.ts';
import type { Events } from '../telemetry/events.ts';
import { serviceVersion } from '../version.ts';
import { type HandleMessageParts, handleMessage, type Waits } from './handle-message.ts';

/** Composes what the queue calls for each message: `handleMessage` around the core's `handleFinding`. */
export function composeMessageHandler(
  config: Config,
  events: Events,
  given: Omit<Ports, 'clock' | 'observer'> & Pick<HandleSettings, 'decide'>,
): HandleMessage {
  const { decide, ...adapters } = given;
  const ports: Ports = { ...adapters, clock: () => new Date(), observer: events };
  const settings: HandleSettings = {
    mode: config.mode,
    decide,
    parkAfterReceives: config.parkAfterReceives,
    serviceVersion,
    allowedSourceRegions: config.allowedSourceRegions,
    sourceVersions: config.sourceVersions,
    fence: config.fence,
    ...(config.bucketLimitPerHour !== undefined && { bucketLimitPerHour: config.bucketLimitPerHour }),
  };
  const parts: HandleMessageParts = {
    handleFinding: (message, signal, waits) =>
      handleFinding(message, { ...ports, ...waitingOutside(ports, waits) }, settings, signal),
    sendEvents: (handled, message) => sendEvents(handled, message, ports, settings),
    events,
    hasDeadLetterQueue: config.deadLetterQueueUrl !== undefined,
    elapsedMs: () => performance.now(),
  };

  return (message, signal, leaveSlot) => handleMessage(message, signal, leaveSlot, parts);
}

/** A message waits for its digest outside its slot. */
function waitingOutside({ digests }: Ports, waits: Waits): Pick<Ports, 'digests'> {
  if (digests === undefined) return {};
  return {
    digests: {
      fold(entry) {
        const accepted = digests.fold(entry);
        return accepted instanceof Promise ? waits(accepted) : accepted;
      },
    },
  };
}
