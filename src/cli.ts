import './cli/listen-for-stop.ts';
import { Command } from 'commander';
import { describeSettings } from './cli/settings.ts';
import { runWorker } from './cli/worker.ts';
import { serviceVersion } from './version.ts';

const program = new Command('macie-isolator')
  .description('Takes objects that Amazon Macie flagged out of reach.')
  .version(serviceVersion);

program
  .command('worker')
  .description('run the worker, set up from the environment')
  .action(() => runWorker(process.env));

program
  .command('settings')
  .description('list every setting of the worker')
  .action(() => void process.stdout.write(describeSettings()));

// The bundle is no module, and so knows no await here.
void program.parseAsync();
