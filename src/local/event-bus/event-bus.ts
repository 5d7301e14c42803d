import { randomUUID } from 'node:crypto';
import { asciiJson } from '../ascii-json.ts';
import { matchesPattern } from './event-pattern.ts';

export interface Rule {
  readonly name: string;
  readonly pattern: unknown;
  readonly targets: readonly string[];
}

export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly time?: Date;
}

export interface EventBus {
  /** Sends the event to the targets of every rule that matches, and returns the names of these rules. */
  put(event: BusEvent): Promise<readonly string[]>;
}

export interface EventBusOptions {
  readonly account: string;
  readonly region: string;
  readonly rules: readonly Rule[];
  /** Delivers the event to the target with this ARN. */
  readonly deliver: (target: string, body: string) => Promise<void>;
}

/**
 * The default bus of EventBridge with envelope, rules and targets, but without retries, archive and input
 * transformers.
 */
export function createEventBus({ account, region, rules, deliver }: EventBusOptions): EventBus {
  return {
    async put({ source, detailType, detail, time = new Date() }) {
      const envelope = {
        version: '0',
        id: randomUUID(),
        'detail-type': detailType,
        source,
        account,
        time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
        region,
        resources: [],
        detail,
      };
      // Serialises the event as it would arrive: undefined members are dropped.
      const body = JSON.stringify(envelope);
      const matching = rules.filter((rule) => matchesPattern(rule.pattern, JSON.parse(body)));
      await Promise.all(
        matching.flatMap(({ targets }) => targets).map((target) => deliver(target, asciiJson(body))),
      );
      return matching.map(({ name }) => name);
    },
  };
}
