import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../../', import.meta.url).pathname;
const written: string[] = [];
afterEach(() => {
  for (const path of written.splice(0)) rmSync(path, { force: true, recursive: true });
});

/** What the linter says of a file with this text at this place. */
async function lint(folder: string, text: string): Promise<string> {
  const place = `${root}src/${folder}/zz-boundary-${process.pid}`;
  mkdirSync(place, { recursive: true });
  written.push(place);
  const file = `${place}/probe.ts`;
  writeFileSync(file, text);
  try {
    const { stdout } = await run('oxlint', ['--quiet', file], { cwd: root });
    return stdout;
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  }
}

describe('the import boundaries', () => {
  it.each([
    ['core', 'the SDK', "import { S3Client } from '@aws-sdk/client-s3';\nexport const x = S3Client;\n"],
    ['core', 'an adapter', "export { quoted } from '../../aws/copy-source.ts';\n"],
    [
      'core',
      'a type of an adapter',
      "import type { Metrics } from '../../telemetry/metrics.ts';\nexport type X = Metrics;\n",
    ],
    ['core', 'pino, by a dynamic import', "export const x = await import('pino');\n"],
    ['aws', 'fastify', "import { fastify } from 'fastify';\nexport const x = fastify;\n"],
    [
      'aws',
      'telemetry',
      "import { createMetrics } from '../../telemetry/metrics.ts';\nexport const x = createMetrics;\n",
    ],
    ['http', 'the SDK', "import { SQSClient } from '@aws-sdk/client-sqs';\nexport const x = SQSClient;\n"],
    [
      'telemetry',
      'the composition root',
      "import { composeWorker } from '../../compose.ts';\nexport const x = composeWorker;\n",
    ],
    ['cli', 'an adapter', "import { quoted } from '../../aws/copy-source.ts';\nexport const x = quoted;\n"],
    [
      'cli',
      'a stand-in',
      "import { startS3 } from '../../local/s3/start-s3.ts';\nexport const x = startS3;\n",
    ],
  ])('%s may not import %s', async (folder, _, text) => {
    expect(await lint(folder, text)).toContain('no-restricted-imports');
  });

  it('core may import itself', async () => {
    expect(
      await lint('core', "import { isolationKey } from './other.ts';\nexport const x = isolationKey;\n"),
    ).not.toContain('no-restricted-imports');
  });
});
