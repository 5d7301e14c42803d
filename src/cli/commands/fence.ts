import { Option } from 'commander';
import {
  type CommandLine,
  forChanges,
  forOperators,
  repeatable,
  withExamples,
} from '../frame/command-line.ts';

type Command = ReturnType<typeof forOperators>;

/** Defines `fence` with its commands. */
export function defineFence({ program, run }: CommandLine): void {
  const fence = program
    .command('fence')
    .description('deny reading what is flagged and has to stay, and prove that it is denied');

  const policy = withRoles(forOperators(fence.command('policy')))
    .description('print what denies reading fenced objects, as a difference to the policy of a bucket')
    .argument('[bucket]', whichBucket)
    .option('--apply', 'put it into the policy of the bucket')
    .option('--yes', 'do not ask')
    .addOption(
      new Option('--spare <arn>', 'one more role that the fence spares; repeatable').argParser(repeatable),
    )
    .option('--organization <id>', 'print it as a resource control policy of an organization')
    .action(async (bucket: string | undefined, flags) => {
      const { runFencePolicy } = await import('../fence/policy.ts');
      await run(flags, (context) => runFencePolicy(bucket, flags, context));
    });
  withExamples(
    policy,
    'macie-isolator fence policy lake-raw --stack macie-isolator-data-plane',
    'macie-isolator fence policy 222233334444/lake-hr --apply --profile of-that-account --set QUEUE_URL=... --set ISOLATION_BUCKET=...',
    'macie-isolator fence policy --organization o-a1b2c3d4e5 > fence.json',
  );

  const check = withRoles(forOperators(fence.command('check')))
    .description('prove that fenced objects cannot be read, by an object of our own in each bucket')
    .argument('[bucket...]', whichBucket)
    .option('--all', 'the buckets of FENCED_BUCKETS')
    .action(async (buckets: string[], flags) => {
      const { runFenceCheck } = await import('../fence/check.ts');
      await run(flags, (context) => runFenceCheck(buckets, flags, context));
    });
  withExamples(
    check,
    'macie-isolator fence check lake-raw 222233334444/lake-hr --stack macie-isolator-data-plane',
    'macie-isolator fence check --all --jsonl',
  );

  const lift = forChanges(
    fence.command('lift'),
    'why: written down under access/',
    'show the objects, and change nothing',
  )
    .description('take the fence from exactly the objects of these findings; they can be read again')
    .argument('<finding-id...>', 'ids as alerts and records show them, or their first characters')
    .action(async (ids: string[], flags) => {
      const { runFenceLift } = await import('../fence/lift.ts');
      await run(flags, (context) => runFenceLift(ids, flags, context));
    });
  withExamples(lift, "macie-isolator fence lift ba3c7561 --reason 'needed for the audit, see case 4711'");
}

const whichBucket = 'its name, or 222233334444/name for a bucket of another account than the installation’s';

/** Adds the flags by which a command knows the roles of the installation. */
function withRoles(command: Command): Command {
  return command
    .option('--prefix <name>', 'Prefix of data-plane.yaml', 'macie-isolator')
    .option('--role-path <path>', 'RolePath of the templates', '/');
}
