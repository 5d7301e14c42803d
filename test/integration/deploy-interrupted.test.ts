import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployments, firstAnswers, stackOf, startDeployments } from '../support/deployments.ts';
import { eventually } from '../support/eventually.ts';
import { jsonLines } from '../support/json-lines.ts';

const root = new URL('../../', import.meta.url).pathname;
let world: Deployments;
let child: ChildProcess | undefined;
beforeEach(async () => {
  world = await startDeployments();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await world.close();
});

/** A deployment in a process of its own, which stops in the middle of a stack. */
async function deployUntil(template: string, steps = 3) {
  world.cloudFormation.hold(stackOf(template), steps);
  const { PATH = '' } = process.env;
  const started = spawn(process.execPath, [`${root}src/cli.ts`, 'deploy', ...firstAnswers, '--yes'], {
    env: { PATH, ...world.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child = started;
  let errors = '';
  started.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  await eventually(() => world.cloudFormation.stack(stackOf(template))?.status === 'CREATE_IN_PROGRESS');
  return { process: started, errors: () => errors, exited: once(started, 'exit') };
}

const resultsOf = (out: string) => jsonLines(out).map(({ result }) => result);
const creations = () => world.calls('ExecuteChangeSet');

describe('macie-isolator deploy that is interrupted', () => {
  it('says at Ctrl-C what goes on in AWS, and with which command to continue', async () => {
    const running = await deployUntil('data-plane');
    await eventually(() => running.errors().includes('creating'));

    running.process.kill('SIGINT');

    expect(await running.exited).toEqual([130, null]);
    expect(running.errors()).toContain(
      'Stopped. CloudFormation goes on: macie-isolator-data-plane (creating). The same `macie-isolator deploy` command continues from here.',
    );
    world.cloudFormation.release();
    expect(resultsOf((await world.deploy('--jsonl')).out)).toEqual([
      'up to date',
      ...Array(4).fill('created'),
    ]);
    expect(creations()).toBe(5);
  });

  it.each(['data-plane', 'network', 'service'])(
    'and killed while %s is created goes on from there, and creates nothing twice',
    async (template) => {
      const running = await deployUntil(template);
      running.process.kill('SIGKILL');
      await running.exited;
      world.cloudFormation.release();

      const { code, out } = await world.deploy('--jsonl');

      expect(code).toBe(0);
      expect(new Set(resultsOf(out))).toEqual(new Set(['up to date', 'created']));
      expect(creations()).toBe(5);
      expect(world.cloudFormation.changeSets).toEqual([]);
    },
  );

  it('waits for what CloudFormation does already', async () => {
    const running = await deployUntil('data-plane');
    running.process.kill('SIGKILL');
    await running.exited;

    let isReleased = false;
    const { code, err } = await world.run(['deploy', ...firstAnswers, '--yes'], {
      saw: (text) => {
        if (isReleased || !text.includes('waiting for what CloudFormation does already')) return;
        isReleased = true;
        world.cloudFormation.release();
      },
    });

    expect(code).toBe(0);
    expect(err).toContain('macie-isolator-data-plane is waited for: CloudFormation is at work on it');
    expect(isReleased).toBe(true);
  });
});

describe('macie-isolator undeploy that is interrupted', () => {
  it('shows at Ctrl-C what is deleted, says what goes on in AWS, and the same command goes on', async () => {
    await world.deploy();
    const undeploy = ['--yes', '--json', '--fields', 'stack,result'];
    const statusOf = (template: string) => world.cloudFormation.stack(stackOf(template))?.status;
    let isInterrupted = false;

    const stopped = await world.undeploy(undeploy, {
      saw(written) {
        if (isInterrupted || !written.includes(`${stackOf('service')}: deleting`)) return;
        isInterrupted = true;
        process.emit('SIGINT');
      },
    });

    expect(stopped.code).toBe(130);
    expect(stopped.out).toContain(`"stack": "${stackOf('operations')}",\n      "result": "deleted"`);
    // A reader sees that it is a part.
    expect(() => JSON.parse(stopped.out) as unknown).toThrow(SyntaxError);
    expect(stopped.err).toContain(
      `Stopped. CloudFormation goes on: ${stackOf('service')} (deleting). The same \`macie-isolator undeploy\` command continues from here.`,
    );
    expect(statusOf('network')).toBe('CREATE_COMPLETE');
    expect((await world.undeploy(undeploy)).code).toBe(0);
    expect(statusOf('data-plane')).toBe('DELETE_COMPLETE');
  });
});
