import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Deployments, image, startDeployments } from '../support/deployments.ts';

let world: Deployments;
let folder: string;
beforeEach(async () => {
  world = await startDeployments();
  folder = await mkdtemp(join(tmpdir(), 'deploy-'));
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

/** The lines of the transcripts of `deploy` on a page, without what is left out and what was typed. */
function transcriptLines(page: string): string[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```console\n(\$ macie-isolator deploy [^]*?)```/g)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line !== '' && line !== '…' && !line.startsWith('$ ')),
  );
}

it('the transcripts of the pages are what a first deployment, and the change to enforce, say', async () => {
  const answers = join(folder, 'answers.yaml');
  const run = (argv: readonly string[], typed?: string) =>
    world.run(['deploy', ...argv], { columns: 110, ...(typed !== undefined && { answers: typed }) });
  const typed = 'privacy@example.com\nlake-raw,lake-landing\n\nenable\n\n';
  const runs = [await run(['--plan', '--image', image, '--write-answers', answers], typed)];
  runs.push(await run(['--file', answers], 'y\n'));
  world.aws.macie.account.status = 'ENABLED';
  runs.push(await run(['--file', answers, '--mode', 'enforce'], 'y\n'));
  const said = runs.map(({ err, out }) => err + out).join('');
  const lines = [...transcriptLines('deploy/ecs/README.md'), ...transcriptLines('README.md')];

  expect(runs.map(({ code }) => code)).toEqual([3, 0, 0]);
  expect(lines.length).toBeGreaterThan(50);
  // What a person types is not among what the command writes.
  const written = (line: string) =>
    line.replace(/(?<=: |\] )(privacy@example.com|lake-raw,lake-landing|enable|y)$/, '');
  const unsaid = lines.filter((line) => !said.includes(written(line).trimEnd()));
  expect(unsaid).toEqual([]);
});
