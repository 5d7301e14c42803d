import type { Policy } from '../core/policy/policy.ts';
import type { Valve } from '../core/valve/valve.ts';
import type { PolicyInForce } from '../flow/policy-in-force.ts';
import type { Readiness } from '../http/readiness.ts';
import { createServer, type Server, type ServerOptions } from '../http/server.ts';
import { pauseFields } from '../telemetry/events/valve-events.ts';

export interface ServerParts extends Pick<ServerOptions, 'registry' | 'isLive'> {
  readonly readiness: Readiness;
  readonly policy: PolicyInForce<Policy>;
  readonly valve: Valve;
}

/** Composes the server. `/readyz` names the policy in force, and why the service is paused. */
export function composeServer({ isLive, policy, readiness, registry, valve }: ServerParts): Server {
  return createServer({
    registry,
    isLive,
    readiness: () => ({
      ready: readiness.isReady(),
      checks: readiness.checks(),
      policy: {
        ...(policy.current && { hash: policy.current.hash }),
        ...(policy.problem !== undefined && { problem: policy.problem }),
      },
      ...(valve.closed && { paused: pauseFields(valve.closed) }),
    }),
  });
}
