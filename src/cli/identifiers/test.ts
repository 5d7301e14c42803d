import { macieOf } from '../../compose/operator/macie.ts';
import type { IdentifierTest } from '../../core/operate/macie/identifiers.ts';
import { countMatches } from '../../core/operate/macie/match-identifier.ts';
import { collectRows } from '../frame/collect-rows.ts';
import { usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type Column, type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { identifiersOf } from './open-file.ts';
import { withinTime } from './within-time.ts';

export interface TestFlags extends OperatorFlags, OutputFlags {
  readonly macie?: boolean;
}

interface TestRow {
  readonly name: string;
  readonly test: IdentifierTest;
  /** Absent if the pattern cannot be tried here. */
  readonly here: number | undefined;
  /** Absent if Macie was not asked. */
  readonly macie?: number;
}

function resultOf({ here, macie, test }: TestRow): 'passed' | 'failed' | 'unknown' {
  const counts = [here, macie].filter((count) => count !== undefined);
  if (counts.length === 0) return 'unknown';
  return counts.every((count) => count === test.matches) ? 'passed' : 'failed';
}

const columns: readonly Column<TestRow>[] = [
  { name: 'identifier', title: 'IDENTIFIER', value: ({ name }) => name },
  { name: 'text', title: 'TEXT', value: ({ test }) => test.text },
  { name: 'expected', title: 'EXPECTED', value: ({ test }) => test.matches },
  { name: 'here', title: 'HERE', value: ({ here }) => here ?? null },
  { name: 'macie', title: 'MACIE', value: ({ macie }) => macie ?? null },
  { name: 'result', title: 'RESULT', value: resultOf },
];

/** Tests identifiers offline, and at Macie if that is asked for. */
export async function runIdentifiersTest(
  file: string | undefined,
  flags: TestFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  const identifiers = await identifiersOf(file);
  const cases = identifiers.flatMap((defined) => defined.tests.map((test) => ({ defined, test })));
  if (cases.length === 0)
    throw usageError('The file has no tests: give each identifier texts under `tests`.');
  const asks = flags.macie ? await openMacie(flags, context) : undefined;
  const slow = new Set<string>();
  const rows = await collectRows<TestRow>(output, context, async (found) => {
    for (const { defined, test } of cases) {
      signal.throwIfAborted();
      const counted = withinTime(() => ({ matches: countMatches(defined, test.text) }));
      if (counted === undefined) slow.add(defined.name);
      const here = counted?.matches;
      const macie = await asks?.test(defined, test.text);
      found.push({ name: defined.name, test, here, ...(macie !== undefined && { macie }) });
    }
  });
  output.write(rows);
  if (slow.size > 0) {
    const names = [...slow].map(visible).join(', ');
    terminal.err.write(
      `Takes too long here: ${names}. A repetition inside of another, as in (?:a+)+, can take time without end.\n`,
    );
  }
  const untested = identifiers.filter(({ tests }) => tests.length === 0);
  if (untested.length > 0) {
    terminal.err.write(`No test: ${untested.map(({ name }) => visible(name)).join(', ')}.\n`);
  }
  return rows.every((row) => resultOf(row) === 'passed') ? exitCode.done : exitCode.found;
}

async function openMacie(flags: OperatorFlags, context: CommandContext) {
  const { clients } = await openOperator(flags, context, []);
  return macieOf(clients);
}
