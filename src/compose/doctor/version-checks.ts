import {
  judgeTemplateVersions,
  judgeWorkerVersions,
  type StackVersion,
  type VersionSeen,
} from '../../core/operate/doctor/judge-versions.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { UncheckedError } from '../../core/operate/doctor/run-checks.ts';
import { serviceVersion } from '../../version.ts';
import { askWorker } from '../operator/worker-metrics.ts';
import { type LookedAt, once } from './looked-at.ts';

/** Whether worker, templates and this command are of one version. */
export function versionChecks({ lastRecords, options, serviceStack, stack }: LookedAt): readonly Check[] {
  const workers = once(async (): Promise<readonly VersionSeen[]> => {
    const seen: VersionSeen[] = [];
    for (const url of options.urls) {
      const asked = await askWorker(url, options.signal);
      if ('unknown' in asked) throw new UncheckedError(asked.unknown);
      const { version } = asked.value;
      if (version === undefined) throw new UncheckedError(`${url.host} does not tell its version.`);
      seen.push({ version, from: url.host });
    }
    if (seen.length > 0) return seen;
    const { recordedAt, version } = await lastRecords();
    return version === undefined ? [] : [{ version, from: `record of ${recordedAt ?? 'unknown time'}` }];
  });
  return [
    { name: 'worker version', judge: async () => judgeWorkerVersions(await workers(), serviceVersion) },
    {
      name: 'template version',
      async judge() {
        const stacks = [
          stackVersion(options.stack, await stack()),
          stackVersion(options.serviceStack, await serviceStack()),
        ].filter((each) => each !== undefined);
        const [worker] = await workers().catch(() => []);
        return judgeTemplateVersions(
          stacks,
          worker === undefined
            ? { version: serviceVersion, from: 'this command' }
            : { version: worker.version, from: 'the worker' },
        );
      },
    },
  ];
}

function stackVersion(
  name: string | undefined,
  outputs: Readonly<Record<string, string | undefined>> | undefined,
): StackVersion | undefined {
  return name === undefined ? undefined : { stack: name, version: outputs?.['Version'] };
}
