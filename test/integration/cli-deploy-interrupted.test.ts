import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployments, firstAnswers, stackOf, startDeployments } from '../support/deployments.ts';
import { jsonLines } from '../support/json-lines.ts';

let world: Deployments;
beforeEach(async () => {
  world = await startDeployments();
});
afterEach(() => world.close());

const deploy = ['deploy', ...firstAnswers, '--yes', '--jsonl'];
const undeploy = ['undeploy', '--yes', '--jsonl', '--fields', 'stack,result'];
const statusOf = (template: string) => world.cloudFormation.stack(stackOf(template))?.status;

/** Ctrl-C when the command has written this. */
function interruptAt(text: string) {
  let isOver = false;
  return {
    saw(written: string) {
      if (isOver || !written.includes(text)) return;
      isOver = true;
      process.emit('SIGINT');
    },
  };
}

describe('Ctrl-C in the middle of deploy', () => {
  it('shows what is deployed, and says what CloudFormation goes on with; the same command goes on', async () => {
    const stopped = await world.run(deploy, interruptAt(`${stackOf('network')}: creating`));

    expect(stopped.code).toBe(130);
    expect(jsonLines(stopped.out)).toEqual([{ stack: stackOf('data-plane'), result: 'created' }]);
    expect(stopped.err).toContain(
      `Stopped. CloudFormation goes on: ${stackOf('network')} (creating). The same \`macie-isolator deploy\` command continues from here.`,
    );
    expect(statusOf('macie')).toBeUndefined();

    const again = await world.run(deploy);

    expect(again.code).toBe(0);
    expect(jsonLines(again.out).map(({ result }) => result)).toEqual([
      'up to date',
      'up to date',
      'created',
      'created',
      'created',
    ]);
  });
});

describe('Ctrl-C in the middle of undeploy', () => {
  it('shows what is deleted, and says what CloudFormation goes on with; the same command goes on', async () => {
    await world.run(deploy);

    const stopped = await world.undeploy(undeploy.slice(1), interruptAt(`${stackOf('service')}: deleting`));

    expect(stopped.code).toBe(130);
    expect(jsonLines(stopped.out)).toContainEqual({ stack: stackOf('operations'), result: 'deleted' });
    expect(stopped.err).toContain(
      `Stopped. CloudFormation goes on: ${stackOf('service')} (deleting). The same \`macie-isolator undeploy\` command continues from here.`,
    );
    expect(statusOf('network')).toBe('CREATE_COMPLETE');

    expect((await world.undeploy(undeploy.slice(1))).code).toBe(0);
    expect(statusOf('data-plane')).toBe('DELETE_COMPLETE');
  });
});
