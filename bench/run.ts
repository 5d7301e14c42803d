import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { markdown, type Reported, report, verdict } from './harness/report.ts';
import type { Row } from './harness/row.ts';
import { batches, s3Calls } from './rows/calls.ts';
import { confirmation } from './rows/confirmation.ts';
import { againstBareLoop, againstStockClients } from './rows/cpu.ts';
import { help } from './rows/help.ts';
import { idle } from './rows/idle.ts';
import { crashInLargeCopy, largeObject } from './rows/large-object.ts';
import { memory } from './rows/memory.ts';
import { mixedLoad } from './rows/mixed-load.ts';
import { moreWorkers } from './rows/more-workers.ts';
import { parsing } from './rows/parsing.ts';
import { policy } from './rows/policy.ts';
import { simulation } from './rows/simulation.ts';
import { startUp } from './rows/start-up.ts';
import { stuckAccount } from './rows/stuck-account.ts';
import { throttling } from './rows/throttling.ts';
import { againstIdeal, againstSerial } from './rows/throughput.ts';

/**
 * `npm run bench`, `npm run bench -- 5 7`, `npm run bench:quick`: measures the rows and writes
 * `bench/results/report.{md,json}`, where rows that were not run keep what was measured before. Quick
 * runs have a report of their own.
 */
const all: readonly Row[] = [
  againstSerial,
  againstIdeal,
  againstBareLoop,
  againstStockClients,
  mixedLoad,
  batches,
  s3Calls,
  largeObject,
  crashInLargeCopy,
  memory,
  startUp,
  moreWorkers,
  idle,
  parsing,
  simulation,
  throttling,
  confirmation,
  policy,
  stuckAccount,
  help,
];

const quick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--quick');
const chosen = wanted.length === 0 ? all : all.filter(({ number }) => wanted.includes(String(number)));
if (chosen.length === 0) throw new Error(`no such row; there are 1 to ${all.length}`);

const results = new URL('results/', import.meta.url);
const name = quick ? 'quick' : 'report';
await mkdir(results, { recursive: true });

for (const row of chosen) {
  const progress = (text: string) => process.stderr.write(`  ${row.number}: ${text}\n`);
  process.stdout.write(`${row.number}. ${row.what}${row.against && `, against ${row.against}`}\n`);
  const measured = await report(row, () => row.run({ quick, rounds: quick ? 3 : 5, progress }));
  process.stdout.write(`${summary(measured)}\n`);
  await write(measured);
}
// Processes of a row that failed may still run; they end with this one.
process.exit();

async function earlier(): Promise<readonly Reported[]> {
  try {
    return JSON.parse(await readFile(new URL(`${name}.json`, results), 'utf8')) as Reported[];
  } catch {
    return [];
  }
}

/** After each row, so that what is broken off has its report too. */
async function write(row: Reported): Promise<void> {
  const others = (await earlier()).filter(({ number }) => number !== row.number);
  const rows = [...others, row].toSorted((one, other) => one.number - other.number);
  await writeFile(new URL(`${name}.json`, results), `${JSON.stringify(rows, undefined, 2)}\n`);
  await writeFile(new URL(`${name}.md`, results), `${markdown(rows, all)}\n`);
}

function summary({ result }: Reported): string {
  if ('failed' in result) return `   not measured: ${result.failed}`;
  const figures = result.figures.map((figure) => {
    const { median, spread } = figure.value;
    return `   ${median.toPrecision(3)} ${figure.name} (spread ${spread.toFixed(2)}) ${verdict(figure)}`;
  });
  return [...figures, ...result.parts.map((part) => `   ${part}`)].join('\n');
}
