import { existsSync } from 'node:fs';
import type { Row } from '../harness/row.ts';
import { interleave, ratios, sampled } from '../harness/statistics.ts';
import { oftenTimed, timeNode } from '../harness/time-node.ts';

const bundle = new URL('../../dist/cli.cjs', import.meta.url).pathname;

export const help: Row = {
  number: 20,
  what: '`macie-isolator --help` of the package, exec to end',
  against: 'bare `node -e 0`',
  async run(bench) {
    if (!existsSync(bundle)) throw new Error('there is no bundle: npm run build makes it');
    const runs = await interleave(
      bench.quick ? 5 : 21,
      {
        bare: () => oftenTimed(() => timeNode('-e', '0')),
        help: () => oftenTimed(() => timeNode(bundle, '--help')),
      },
      bench.progress,
    );
    const ms = (samples: readonly number[]) => sampled(samples).median.toFixed(0);
    return {
      figures: [{ name: 'times bare Node', value: ratios(runs.help, runs.bare), reach: { atMost: 4 } }],
      parts: [`${ms(runs.help)} ms against ${ms(runs.bare)} ms.`],
    };
  },
};
