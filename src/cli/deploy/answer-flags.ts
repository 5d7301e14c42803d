import { type Command, Option } from 'commander';
import type { AnswerName, GivenAnswers } from '../../core/deploy/answers.ts';
import { usageError } from '../frame/command-error.ts';
import { repeatable } from '../frame/command-line.ts';

/** The answers that have a flag, with the value that the flag takes. Their names are those of a file of answers. */
const flags = {
  prefix: ['<name>', 'begins the names of stacks and resources; default: macie-isolator'],
  alertEmail: ['<address>', 'gets every alert'],
  alarmEmail: ['<address>', 'gets the alarms; default: as --alert-email'],
  sourceBuckets: ['<names>', 'buckets that objects may be taken from, with commas between, such as lake-*'],
  trialBucket: ['<kind>', 'also makes a bucket to try with: none, unversioned or versioned'],
  network: ['<own|ids>', 'own, or ids of subnets and of a security group, with commas between'],
  macie: ['<state>', 'enable, enabled (already), by-hand or elsewhere'],
  heartbeat: ['<yes|no>', 'asks Macie for a sample finding every twelve hours; default: with --macie enable'],
  mode: ['<mode>', 'dry-run (default) or enforce'],
  confirmFindings: ['<macie|never>', 'whether Macie is asked before a removal; default: macie'],
  deployRoles: ['<arns>', 'roles that may change the installation; default: the role of the caller'],
  investigators: ['<arns>', 'who may read isolated objects'],
  operators: ['<arns>', 'who may release objects and pause the service'],
  image: ['<image>', 'an image by its digest; default: the released image of this version'],
  architecture: ['<name>', 'ARM64 (default) or X86_64'],
  organizationId: ['<id>', 'organization whose member accounts are served'],
  memberRoleExternalId: ['<text>', 'what the member roles ask for'],
  also: ['<templates>', 'further templates: operations (default), audit, cloudwatch, evidence'],
} as const satisfies Partial<Record<AnswerName, readonly [value: string, text: string]>>;

type FlagName = keyof typeof flags;
const names = Object.keys(flags) as FlagName[];

export interface AnswerFlags extends Partial<Readonly<Record<FlagName, string>>> {
  readonly file?: string;
  readonly writeAnswers?: string;
  /** `template.Name=value`, any number of times. */
  readonly parameter?: readonly string[];
}

/** Adds the flags by which answers are given. */
export function forAnswers(command: Command): Command {
  for (const name of names) {
    const [value, text] = flags[name];
    command.option(`${answerFlag(name)} ${value}`, text);
  }
  return command
    .addOption(
      new Option(
        '--parameter <template.Name=value>',
        'a parameter of a template, such as data-plane.ObjectLockDays=30; repeatable',
      ).argParser(repeatable),
    )
    .option('--file <path>', 'answers in YAML or JSON; flags come before them')
    .option('--write-answers <path>', 'saves the answers, for --file');
}

/** Returns the flag of an answer, or its name where it has no flag. */
export function answerFlag(name: AnswerName): string {
  return Object.hasOwn(flags, name)
    ? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    : name;
}

/** Returns the answers that flags give. */
export function givenByFlags(given: AnswerFlags): GivenAnswers {
  const answers = names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const]));
  return {
    ...Object.fromEntries(answers),
    ...(given.parameter !== undefined && { parameters: parametersOf(given.parameter) }),
  };
}

function parametersOf(texts: readonly string[]): Record<string, Record<string, string>> {
  const parameters: Record<string, Record<string, string>> = {};
  for (const text of texts) {
    const [, template, name, value] = /^([a-z-]+)\.([A-Za-z0-9]+)=(.*)$/s.exec(text) ?? [];
    if (template === undefined || name === undefined || value === undefined) {
      throw usageError('--parameter takes template.Name=value, such as data-plane.ObjectLockDays=30.');
    }
    parameters[template] = { ...parameters[template], [name]: value };
  }
  return parameters;
}
