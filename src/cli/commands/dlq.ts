import { type Command, Option } from 'commander';
import {
  type CommandLine,
  forChanges,
  forOperators,
  repeatable,
  withExamples,
} from '../frame/command-line.ts';

/** Defines `dlq` with its commands. */
export function defineDlq({ program, run }: CommandLine): void {
  const dlq = program.command('dlq').description('look at parked messages, send them again or discard them');

  const list = withConditions(forOperators(dlq.command('list')))
    .description('list the messages of the dead-letter queues; they stay as they are')
    .option('--limit <number>', 'show so many messages at most', '1000')
    .action(async (flags) => {
      const { runDlqList } = await import('../dlq/list.ts');
      await run(flags, (context) => runDlqList(flags, context));
    });
  withExamples(
    list,
    'macie-isolator dlq list --stack macie-isolator-data-plane',
    'macie-isolator dlq list --outcome refused --fields finding_id,reason,age_seconds --jsonl',
  );

  const show = forOperators(dlq.command('show'))
    .description('show everything about one message, or about the messages of one finding')
    .argument('<id>', 'id of a finding or of a message, or its first characters')
    .action(async (id: string, flags) => {
      const { runDlqShow } = await import('../dlq/show.ts');
      await run(flags, (context) => runDlqShow(id, flags, context));
    });
  withExamples(show, 'macie-isolator dlq show ba3c7561', 'macie-isolator dlq show ba3c7561 --json');

  const replay = withConditions(forOperators(dlq.command('replay')))
    .description('send messages to the findings queue again, once their cause is repaired')
    .option('--all', 'every message')
    .option('--rate <number/unit>', 'how fast: messages per second, minute or hour', '10/s')
    .option('--force', 'also what was sent again before and came back')
    .option('--dry-run', 'show what would be sent, and change nothing')
    .option('--yes', 'do not ask')
    .action(async (flags) => {
      const { runDlqReplay } = await import('../dlq/replay.ts');
      await run(flags, (context) => runDlqReplay(flags, context));
    });
  withExamples(
    replay,
    'macie-isolator dlq replay --parked-for access-denied --stack macie-isolator-data-plane',
    'macie-isolator dlq replay --all --rate 500/h --yes',
  );

  const discard = withConditions(
    forChanges(
      dlq.command('discard'),
      'why: written to the record',
      'show what would be deleted, and change nothing',
    ),
  )
    .description('delete messages for good; who, why and what is recorded first')
    .option('--all', 'every message')
    .action(async (flags) => {
      const { runDlqDiscard } = await import('../dlq/discard.ts');
      await run(flags, (context) => runDlqDiscard(flags, context));
    });
  withExamples(
    discard,
    "macie-isolator dlq discard --finding ba3c7561 --reason 'bucket was deleted with its project, case 12'",
    "macie-isolator dlq discard --parked-for malformed --reason 'test messages' --dry-run",
  );
}

function withConditions(command: Command): Command {
  const many = (flags: string, description: string) =>
    new Option(flags, `${description}; repeatable`).argParser(repeatable);
  return command
    .addOption(many('--parked-for <reason>', 'messages that were parked for this reason'))
    .addOption(many('--outcome <name>', 'messages with this outcome'))
    .addOption(many('--finding <id>', 'messages about this finding; the first characters will do'))
    .addOption(many('--message <id>', 'this message; the first characters will do'))
    .addOption(
      many('--queue <name>', 'findings (parked by workers) or rules (not delivered by EventBridge)'),
    );
}
