import { readdirSync } from 'node:fs';
import type { StartedTestContainer } from 'testcontainers';
import { eventually } from '../../support/eventually.ts';

export type Values = Readonly<Record<string, string>>;

export interface Stacks {
  /** Runs the AWS CLI inside of LocalStack. */
  cli(...words: readonly string[]): Promise<string>;
  /** Runs lines of bash in the root of a repository that has the templates, and resolves with standard output. */
  typed(lines: readonly string[]): Promise<string>;
  /** Resolves with the status that the stack comes to. */
  carryOut(
    what: 'create-stack' | 'update-stack',
    stack: string,
    template: string,
    values: Values,
  ): Promise<string>;
  remove(stack: string): Promise<string>;
}

export const text = ['--output', 'text'] as const;

/** Deploys the templates of a folder by the AWS CLI, as README.md does. */
export async function createStacks(container: StartedTestContainer, folder: string): Promise<Stacks> {
  const target = `/opt/templates${folder.replaceAll(/[^a-z0-9]+/g, '-')}`;
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  await container.copyFilesToContainer(
    files.map((file) => ({ source: folder + file, target: `${target}/${file}` })),
  );

  const cli = async (...words: readonly string[]): Promise<string> => {
    const { exitCode, output } = await container.exec(['awslocal', ...words]);
    if (exitCode !== 0) throw new Error(`${words.join(' ')}: ${output}`);
    return output.trim();
  };
  const statusOf = (stack: string): Promise<string> => {
    const query = ['--query', 'Stacks[0].StackStatus', ...text] as const;
    const answer = cli('cloudformation', 'describe-stacks', '--stack-name', stack, ...query);
    return answer.catch((error: unknown) => {
      if (String(error).includes('does not exist')) return 'DELETE_COMPLETE';
      throw error;
    });
  };
  const untilDone = (stack: string): Promise<string> =>
    eventually(async () => {
      const status = await statusOf(stack);
      return status.endsWith('_IN_PROGRESS') ? undefined : status;
    });

  const root = `/tmp/typed${target}`;
  const environment = {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };

  return {
    cli,
    async typed(lines) {
      const place = `mkdir -p ${root}/deploy; ln -sfn ${target} ${root}/deploy/ecs; cd ${root}`;
      const script = ['set -euo pipefail', place, ...lines].join('\n');
      const { exitCode, output, stdout } = await container.exec(['bash', '-c', script], { env: environment });
      if (exitCode !== 0) throw new Error(`${lines.join('\n')}: ${output}`);
      return stdout.trim();
    },
    async carryOut(what, stack, template, values) {
      const parameters = Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      }));
      await cli(
        'cloudformation',
        what,
        '--stack-name',
        stack,
        '--capabilities',
        'CAPABILITY_NAMED_IAM',
        '--template-body',
        `file://${target}/${template}`,
        '--parameters',
        JSON.stringify(parameters),
      );
      return untilDone(stack);
    },
    async remove(stack) {
      await cli('cloudformation', 'delete-stack', '--stack-name', stack);
      return untilDone(stack);
    },
  };
}
