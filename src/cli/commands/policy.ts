import { type CommandLine, forAws, forOperators, withExamples } from '../frame/command-line.ts';

const whichPolicy =
  'the policy: a path, s3://bucket/key or ssm:/name; default: POLICY_FILE, POLICY or the built-in one';

/** Defines `policy` with its commands. */
export function definePolicy({ program, run }: CommandLine): void {
  const policy = program.command('policy').description('check, test and explain the policy');

  const check = policy
    .command('check')
    .description('check a policy file and run its tests')
    .argument('<file>', 'the policy, YAML or JSON')
    .option('--format <name>', 'text, json or github (shown beside the lines of a pull request)')
    .option('--debug', 'show where an error arose')
    .action(async (file: string, flags) => {
      const { runPolicyCheck } = await import('../policy/check.ts');
      await run(flags, (context) => runPolicyCheck(file, flags, context));
    });
  withExamples(
    check,
    'macie-isolator policy check policy.yaml',
    'macie-isolator policy check policy.yaml --format github',
  );

  policy
    .command('test')
    .description('run the tests of a policy file, and name the rules that no test meets')
    .argument('<file>', 'the policy, YAML or JSON')
    .option('--json', 'one JSON document')
    .option('--debug', 'show where an error arose')
    .action(async (file: string, flags) => {
      const { runPolicyTest } = await import('../policy/test-policy.ts');
      await run(flags, (context) => runPolicyTest(file, flags, context));
    });

  const explain = forAws(policy.command('explain'))
    .description('show what the policy decides about a finding, and for each rule why')
    .argument('<finding>', 'a file with the finding as Macie or EventBridge gives it; - reads standard input')
    .option('--policy <file>', whichPolicy)
    .option('--json', 'one JSON document')
    .action(async (file: string, flags) => {
      const { runPolicyExplain } = await import('../policy/explain.ts');
      await run(flags, (context) => runPolicyExplain(file, flags, context));
    });
  withExamples(
    explain,
    'macie-isolator policy explain finding.json --policy policy.yaml',
    "aws macie2 get-findings --finding-ids ba3c7561 --query 'findings[0]' | macie-isolator policy explain -",
  );

  forAws(policy.command('show'))
    .description('show the policy, its hash, and since when workers know it')
    .option('--policy <file>', whichPolicy)
    .option('--json', 'one JSON document')
    .action(async (flags) => {
      const { runPolicyShow } = await import('../policy/show.ts');
      await run(flags, (context) => runPolicyShow(flags, context));
    });

  const simulate = forOperators(policy.command('simulate'))
    .description(
      'show what a policy would do about the findings that Macie keeps, beside the policy in force',
    )
    .option('--since <time>', 'findings since then: 30d (the default), 2026-11-20 or 2026-11-20T13:00Z')
    .option('--policy <file>', whichPolicy)
    .option('--out <file>', 'write the objects into this new file, one JSON document a line')
    .option('--resume', 'go on with --out where it was stopped')
    .option('--max-calls <number>', 'at most so many calls of Macie; two calls show fifty findings', '10000')
    .action(async (flags) => {
      const { runPolicySimulate } = await import('../policy/simulate.ts');
      await run(flags, (context) => runPolicySimulate(flags, context));
    });
  withExamples(
    simulate,
    'macie-isolator policy simulate --since 30d --policy policy.yaml --set POLICY_FILE=ssm:/macie-isolator-policy',
    'macie-isolator policy simulate --policy policy.yaml --out objects.jsonl --stack macie-isolator-data-plane',
  );
}
