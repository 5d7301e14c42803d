import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Stub } from '../harness/stub.ts';

const run = promisify(execFile);
const here = new URL('./', import.meta.url).pathname;
const environment = new URL('../.venv/', import.meta.url).pathname;
const boto3 = 'boto3==1.44.8';

export interface SerialLoop {
  readonly name: string;
  /** Findings a second. */
  run(count: number): Promise<number>;
}

/** The original's work, one finding after the other, in Python where there is one. */
export async function serialLoop(stub: Stub, progress: (text: string) => void): Promise<SerialLoop> {
  const python = await pythonWithBoto3(progress);
  const name =
    python === undefined
      ? 'The same serial loop with the SDK for JavaScript (there is no Python with boto3 here)'
      : `Serial loop with ${boto3}`;
  const command: readonly string[] =
    python === undefined
      ? [process.execPath, `${here}serial-loop-node.ts`]
      : [python, `${here}serial_loop.py`];
  return {
    name,
    async run(count) {
      const [file = '', script = ''] = command;
      const env = { ...process.env, ...stub.environment('none') };
      const { stdout } = await run(file, [script, String(count)], { env });
      return count / Number(stdout);
    },
  };
}

/** Of a virtual environment that is made here at the first time. */
async function pythonWithBoto3(progress: (text: string) => void): Promise<string | undefined> {
  const python = `${environment}bin/python`;
  try {
    if (!existsSync(python)) {
      progress(`making a virtual environment with ${boto3}`);
      await run('python3', ['-m', 'venv', environment]);
    }
    await run(python, ['-m', 'pip', 'install', '--quiet', boto3]);
    return python;
  } catch (error) {
    progress(`no Python with boto3: ${error instanceof Error ? error.message.split('\n')[0] : ''}`);
    return undefined;
  }
}
