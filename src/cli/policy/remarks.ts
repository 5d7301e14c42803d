import { usageError } from '../frame/command-error.ts';
import { visible } from '../frame/terminal.ts';

/** Something about a policy, at its place in the text. */
export interface Remark {
  readonly level: 'error' | 'warning' | 'notice';
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export const formats = ['text', 'json', 'github'] as const;
export type Format = (typeof formats)[number];

export function formatOf(given: string | undefined): Format {
  const format = formats.find((each) => each === (given ?? 'text'));
  if (format === undefined)
    throw usageError(`--format is one of ${formats.join(', ')}; not ${visible(given ?? '')}.`);
  return format;
}

/** As compilers write it: file, line, column and sentence, then the line with a caret under the place. */
export function textOf(source: string, text: string, { column, level, line, message }: Remark): string {
  const written = text.split(/\r?\n/)[line - 1] ?? '';
  const margin = String(line).length;
  const shown = visible(written.slice(0, maximumShown));
  const before = visible(written.slice(0, Math.min(column - 1, maximumShown)));
  return [
    `${visible(source)}:${line}:${column}: ${level}: ${visible(message)}`,
    `  ${line} | ${shown}`,
    `  ${' '.repeat(margin)} | ${' '.repeat(before.length)}^`,
    '',
  ].join('\n');
}

/** A command of GitHub Actions, which shows the message beside the changed line. */
export function githubOf(source: string, { column, level, line, message }: Remark): string {
  return `::${level} file=${property(source)},line=${line},col=${column}::${data(message)}\n`;
}

const maximumShown = 160;

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
