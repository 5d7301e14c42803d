import type { CommandLine } from '../frame/command-line.ts';
import { defineBackfill } from './backfill.ts';
import { defineDeploy } from './deploy.ts';
import { defineDlq } from './dlq.ts';
import { defineDoctor } from './doctor.ts';
import { defineFence } from './fence.ts';
import { defineGet } from './get.ts';
import { defineHold } from './hold.ts';
import { defineIdentifiers } from './identifiers.ts';
import { defineIsolate } from './isolate.ts';
import { defineJobs } from './jobs.ts';
import { defineList } from './list.ts';
import { definePause } from './pause.ts';
import { definePolicy } from './policy.ts';
import { defineReconcile } from './reconcile.ts';
import { defineRelease } from './release.ts';
import { defineResume } from './resume.ts';
import { defineSettings } from './settings.ts';
import { defineShow } from './show.ts';
import { defineStatus } from './status.ts';
import { defineUndeploy } from './undeploy.ts';
import { defineWorker } from './worker.ts';

/** Every command, in the order in which `--help` lists them. A definition loads what runs only when it runs. */
export const commands: readonly ((line: CommandLine) => void)[] = [
  defineWorker,
  defineSettings,
  definePolicy,
  defineStatus,
  defineList,
  defineShow,
  defineIsolate,
  defineGet,
  defineHold,
  defineRelease,
  defineFence,
  defineDlq,
  defineBackfill,
  defineReconcile,
  definePause,
  defineResume,
  defineDoctor,
  defineIdentifiers,
  defineJobs,
  defineDeploy,
  defineUndeploy,
];
