import type { ServiceName } from '../../aws/ecs/service.ts';
import {
  judgeTemplateVersions,
  judgeWorkerVersions,
  type StackVersion,
  type VersionSeen,
} from '../../core/operate/doctor/judge-versions.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { UncheckedError } from '../../core/operate/doctor/run-checks.ts';
import { serviceVersion } from '../../version.ts';
import { askService, serviceOf } from '../operator/ecs-service.ts';
import { askWorker } from '../operator/worker-metrics.ts';
import { type LookedAt, once } from './looked-at.ts';

/** Whether worker, templates and this command are of one version. */
export function versionChecks(looked: LookedAt): readonly Check[] {
  const { lastRecords, options, serviceStack, stack } = looked;
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
    // A record is as old as the last finding. Whoever may not ask ECS still learns what it says.
    const deployed = await versionOnEcs(looked).catch(() => undefined);
    if (deployed !== undefined) return [{ version: deployed, from: 'image of the ECS service' }];
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

async function versionOnEcs(looked: LookedAt): Promise<string | undefined> {
  const name = await serviceName(looked);
  const seen = name && (await askService(looked.clients, name, looked.options.signal));
  return seen?.image?.version;
}

async function serviceName({ serviceStack, stack }: LookedAt): Promise<ServiceName | undefined> {
  const { ClusterName: cluster, ServiceName: service } = (await serviceStack()) ?? {};
  if (cluster !== undefined && service !== undefined) return { cluster, service };
  const prefix = (await stack())?.['Prefix'];
  return prefix === undefined ? undefined : serviceOf(prefix);
}

function stackVersion(
  name: string | undefined,
  outputs: Readonly<Record<string, string | undefined>> | undefined,
): StackVersion | undefined {
  return name === undefined ? undefined : { stack: name, version: outputs?.['Version'] };
}
