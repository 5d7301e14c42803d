import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { formerTemplateFolder } from './rendered-template.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

/** The worker of 0.1.0 in a process of its own. Its folder goes when the process ends. */
export function startFormerWorker(environment: Readonly<Record<string, string>>): WorkerProcess {
  const folder = mkdtempSync(join(tmpdir(), 'worker-0.1.0-'));
  const file = join(folder, 'worker.mjs');
  writeFileSync(file, brotliDecompressSync(readFileSync(`${formerTemplateFolder}worker.mjs.br`)));
  const worker = startWorkerProcess(environment, [process.execPath, file]);
  void worker.exited.then(() => rmSync(folder, { recursive: true, force: true }));
  return worker;
}
