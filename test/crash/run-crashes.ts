import { parseArgs } from 'node:util';
import { crashRun } from './crash-run.ts';

const { values } = parseArgs({
  options: {
    findings: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'calls-between-kills': { type: 'string', default: '150' },
  },
});
const [findings, seed] = [Number(values.findings), Number(values.seed)];
process.stdout.write(`${findings} findings, seed ${seed}\n`);

let shown = '';
const report = await crashRun({
  findings,
  seed,
  callsBetweenKills: Number(values['calls-between-kills']),
  onProgress({ waiting, kills }) {
    const line = `${waiting} messages left, ${kills} kills`;
    if (line !== shown) process.stdout.write(process.stdout.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    shown = line;
  },
});

const kinds = Map.groupBy(report.cases, ({ kind }) => kind);
process.stdout.write(`\n\n${report.messages} messages, ${report.kills} kills\n`);
for (const [kind, cases] of kinds) process.stdout.write(`  ${String(cases.length).padStart(4)} ${kind}\n`);
if (report.problems.length === 0) {
  process.stdout.write('Every byte and every record is as it must be.\n');
} else {
  process.stdout.write(`\n${report.problems.map((problem) => `PROBLEM ${problem}`).join('\n')}\n`);
  process.stdout.write(`again: npm run crash -- --findings ${findings} --seed ${seed}\n`);
  process.exitCode = 1;
}
