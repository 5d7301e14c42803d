import { lstat, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { describeError } from '../../core/describe-error.ts';
import { jsonOf } from '../../core/json.ts';
import type { SimulatedObject } from '../../core/operate/simulate/simulate-policy.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { exitCode } from '../frame/exit-code.ts';
import { fileFailure } from '../frame/file-failure.ts';
import { visible } from '../frame/terminal.ts';
import { lineOf, simulatedIn } from './simulation-lines.ts';

/** Where a simulation stands: what it is about, and how far it came. */
const progressSchema = z.object({
  since: z.coerce.date(),
  until: z.coerce.date(),
  regions: z.array(z.string()).readonly(),
  /** The hashes of the two policies. */
  candidate: z.string(),
  inForce: z.string(),
  findings: z.int(),
  leftOut: z.int(),
  /** A file of an earlier version does not count them. */
  notGiven: z.int().default(0),
  /** The length of the file of objects. Anything behind it belongs to a page that was not finished. */
  bytes: z.int(),
  place: z.object({ region: z.string(), since: z.coerce.date(), given: z.array(z.string()).readonly() }),
});
export type SimulationProgress = z.output<typeof progressSchema>;

/** The file of the objects. Beside it lies a file with the progress, until the simulation is complete. */
export interface SimulationFile {
  append(objects: readonly SimulatedObject[]): Promise<void>;
  save(progress: Omit<SimulationProgress, 'bytes'>): Promise<void>;
  /** The simulation is complete. */
  finish(): Promise<void>;
  /** Removes a file in which nothing is kept, so that its name can be given again. */
  close(): Promise<void>;
}

const progressPath = (path: string) => `${path}.progress`;
/** The progress is written here first, and then gets its name. */
const nextProgressPath = (path: string) => `${progressPath(path)}.new`;

export async function readProgress(path: string): Promise<SimulationProgress> {
  const text = await readFile(progressPath(path), 'utf8').catch((error: unknown) => {
    // The simulation was complete, or it was killed before anything was kept: its file is empty then.
    if (describeError(error).code === 'ENOENT')
      throw new CommandError(
        `There is nothing to go on with: ${visible(progressPath(path))} is not there, so ${visible(path)} is complete or was not begun. Leave out --resume, and name a new file or remove this one.`,
        exitCode.failed,
        { cause: error },
      );
    throw fileFailure(progressPath(path), 'cannot be read', error);
  });
  const progress = progressSchema.safeParse(jsonOf(text)).data;
  if (progress === undefined)
    throw new CommandError(
      `${visible(progressPath(path))} says no place to go on. Begin anew.`,
      exitCode.failed,
    );
  return progress;
}

/** Opens a new file, or one to go on with. `each` gets the objects that the file holds. */
export async function openSimulationFile(
  path: string,
  from: SimulationProgress | undefined,
  each: (object: SimulatedObject) => void,
): Promise<SimulationFile> {
  // Their names are longer than that of the file, so that they may be too long.
  await lstat(nextProgressPath(path)).catch((error: unknown) => {
    if (describeError(error).code !== 'ENOENT')
      throw fileFailure(nextProgressPath(path), 'cannot be written', error, exitCode.usage);
  });
  const file = await open(path, from === undefined ? 'wx' : 'r+').catch((error: unknown) => {
    if (describeError(error).code === 'EEXIST')
      throw usageError(`${visible(path)} is there already. Name another file, or go on with --resume.`);
    throw fileFailure(path, 'cannot be written', error, exitCode.usage);
  });
  let bytes = from?.bytes ?? 0;
  let isKept = from !== undefined;
  if (from !== undefined) {
    await file.truncate(bytes);
    const lines = createInterface({ input: file.createReadStream({ start: 0, autoClose: false }) });
    let number = 0;
    for await (const line of lines) {
      number += 1;
      const object = simulatedIn(line);
      if (object === undefined)
        throw new CommandError(`${visible(path)}:${number} is no object of a simulation.`, exitCode.failed);
      each(object);
    }
  }
  return {
    async append(objects) {
      const text = Buffer.from(objects.map((object) => `${lineOf(object)}\n`).join(''));
      try {
        await file.write(text, 0, text.length, bytes);
      } catch (error) {
        throw fileFailure(path, 'cannot be written', error);
      }
      bytes += text.length;
    },
    async save(progress) {
      const next = nextProgressPath(path);
      try {
        await writeFile(next, JSON.stringify({ ...progress, bytes }));
        await rename(next, progressPath(path));
      } catch (error) {
        throw fileFailure(next, 'cannot be written', error);
      }
      isKept = true;
    },
    async finish() {
      await rm(progressPath(path), { force: true });
      isKept = true;
    },
    async close() {
      await file.close();
      if (!isKept) await rm(path);
    },
  };
}
