import { Command, InvalidArgumentError } from 'commander';
import { Listr } from 'listr2';
import { report } from './demo/report.ts';
import { type DemoOptions, type Progress, runDemo } from './demo/run-demo.ts';
import { differences, totalsOf } from './demo/totals.ts';
import type { DemoWorld } from './demo/world.ts';

interface Flags extends DemoOptions {
  readonly keep: boolean;
  readonly json: boolean;
}

const command = new Command('npm run demo --')
  .description('The main job on stand-ins for AWS: sixteen files in, six isolated. Needs nothing but Node.')
  .option('--full', 'the row counts of the original demo', false)
  .option('--seed <number>', 'another seed, other data', toSeed, 1)
  .option('--keep', 'stay up afterwards, to look around', false)
  .option('--json', 'one JSON document on standard output, and nothing else there', false)
  .allowExcessArguments(false)
  .action(main);

await command.parseAsync();

async function main(flags: Flags): Promise<void> {
  try {
    const { world, result } = await runDemo(flags, progressFor(flags));
    const wrong = differences(result);
    const document = { ...result, ...totalsOf(result.files), differences: wrong };
    process.stdout.write(flags.json ? `${JSON.stringify(document, null, 2)}\n` : `\n${report(result)}\n`);
    for (const sentence of wrong) process.stderr.write(`WRONG: ${sentence}\n`);
    if (wrong.length > 0) process.exitCode = 1;
    if (flags.keep) await stayUp(world);
    await world.close();
  } catch (error) {
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    // The stand-ins may still be listening.
    process.exit(1);
  }
}

/** Live on a terminal, plain lines elsewhere, silent where the output is for machines. */
function progressFor({ json }: Flags): Progress {
  return async (title, step) => {
    let answer: Awaited<ReturnType<typeof step>> | undefined;
    const run = async (say: (text: string) => void) => {
      answer = await step(say);
    };
    const tasks = new Listr(
      [{ title, task: (_, task) => run((text) => void (task.output = text)) }],
      json ? { renderer: 'silent' } : { fallbackRenderer: 'simple' },
    );
    await tasks.run();
    return answer as Awaited<ReturnType<typeof step>>;
  };
}

function toSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError('must be a whole number of at most nine digits.');
  return Number(text);
}

async function stayUp(world: DemoWorld): Promise<void> {
  const { aws, dataBucket, workerPort } = world;
  const s3 = `aws --endpoint-url ${aws.s3.endpoint}`;
  process.stderr.write(
    [
      '',
      'Still up; Ctrl-C ends it. To look around:',
      '  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1',
      `  ${s3} s3 ls --recursive s3://${aws.dataPlane.isolationBucket}`,
      `  ${s3} s3api list-object-versions --bucket ${dataBucket}`,
      `  aws --endpoint-url ${aws.queues.endpoint} sqs list-queues`,
      `  curl -s http://127.0.0.1:${workerPort}/metrics`,
      `  curl -s http://127.0.0.1:${workerPort}/readyz`,
      '',
    ].join('\n'),
  );
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
