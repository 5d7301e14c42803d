import type { Logger } from 'pino';
import type { FieldsOf, LevelOf, LogEventName } from './log-events.ts';

/** A repeated failure is logged once in this time at most. The metric counts every failure. */
const repeatedLogMs = 60_000;
/** The maximum number of failures that are told apart in the log, because a server chooses the codes. */
const maximumFailures = 50;

/** Writes a line of the catalogue, with the fields that the catalogue documents. */
export type Log = <Name extends LogEventName>(
  level: LevelOf<Name>,
  event: Name,
  fields: FieldsOf<Name>,
  text: string,
) => void;

export interface EventLog {
  readonly log: Log;
  /** Returns true at most once a minute for each text. */
  isDue(what: string): boolean;
  /**
   * Answers, at most once a minute for each failure and code, how many such lines were held back since the last one.
   * A server has chosen the code.
   */
  heldBack(what: string, code: string): number | undefined;
}

/** The only access of the events to the logger, so that only events of the catalogue are logged. */
export function createEventLog(logger: Logger, now: () => Date): EventLog {
  const last = new Map<string, { readonly atMs: number; heldBack: number }>();
  const failures = new Set<string>();

  const due = (what: string): number | undefined => {
    const atMs = now().getTime();
    const earlier = last.get(what);
    // A clock that was set back must not hold lines back until it has caught up.
    if (earlier && atMs >= earlier.atMs && atMs - earlier.atMs < repeatedLogMs) {
      earlier.heldBack += 1;
      return undefined;
    }
    last.set(what, { atMs, heldBack: 0 });
    return earlier?.heldBack ?? 0;
  };
  /** Neither the form of a code nor the number of different codes is trusted. */
  const boundedCode = (what: string, code: string): string => {
    if (!/^[A-Za-z][A-Za-z0-9.]{0,63}$/.test(code)) return 'other';
    const failure = `${what} ${code}`;
    if (failures.size < maximumFailures) failures.add(failure);
    return failures.has(failure) ? code : 'other';
  };

  return {
    log(level, event, fields, text) {
      const line: object = { event, ...fields };
      logger[level](line, text);
    },
    isDue: (what) => due(what) !== undefined,
    heldBack: (what, code) => due(`failure ${what} ${boundedCode(what, code)}`),
  };
}
