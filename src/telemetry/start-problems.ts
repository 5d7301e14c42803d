import { describeError } from '../core/describe-error.ts';
import type { FieldsOf, LogEventName } from './log-events.ts';
import { lineBase } from './logger.ts';

type StartEvent = Extract<LogEventName, 'cannot_start' | 'uncaught_error'>;

/** A line as the logger writes it, for what happens where there is no logger yet, or none any more. */
function line<Name extends StartEvent>(
  event: Name,
  fields: FieldsOf<Name>,
  msg: string,
  version: string,
): string {
  const head = { level: 'error', time: new Date().toISOString(), ...lineBase({ version }) };
  return `${JSON.stringify({ ...head, event, ...fields, msg })}\n`;
}

/** One line for each problem. */
export function cannotStartLines(problems: readonly string[], version: string): string {
  return problems
    .map((problem) => line('cannot_start', { problem }, `macie-isolator cannot start: ${problem}`, version))
    .join('');
}

export function uncaughtErrorLine(error: unknown, version: string): string {
  return line(
    'uncaught_error',
    { err: describeError(error) },
    'the worker stops for an error that nothing caught',
    version,
  );
}
