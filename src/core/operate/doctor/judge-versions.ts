import { look, ok, unknown, type Verdict, wrong } from './verdict.ts';

/** A version of a worker, and where it was seen. */
export interface VersionSeen {
  readonly version: string;
  readonly from: string;
}

export function judgeWorkerVersions(workers: readonly VersionSeen[], command: string): Verdict {
  if (workers.length === 0) {
    return unknown(
      'There is no record yet, no worker was named, and ECS does not show its image.',
      'Name a worker: --url http://worker:8080, or the stacks: --stack and --service-stack.',
    );
  }
  const seen = workers.map(({ from, version }) => `${version} (${from})`).join(', ');
  if (workers.every(({ version }) => version === command)) return ok(seen);
  return look(
    `The worker is ${seen}, and this command is ${command}.`,
    'Update ImageUri of service.yaml, or use the command of the same version.',
  );
}

/** The output `Version` of a stack. */
export interface StackVersion {
  readonly stack: string;
  readonly version: string | undefined;
}

/** Templates give the permissions that a worker of their version needs. */
export function judgeTemplateVersions(stacks: readonly StackVersion[], wanted: VersionSeen): Verdict {
  if (stacks.length === 0) {
    return unknown('No stack was named.', 'Name them: --stack and --service-stack.');
  }
  const others = stacks.filter(({ version }) => version !== wanted.version);
  if (others.length === 0)
    return ok(`${stacks.map(({ stack }) => `${stack} ${wanted.version}`).join(', ')}, as ${wanted.from}`);
  const named = others.map(({ stack, version }) => `${stack} ${version ?? 'is older than its versions'}`);
  return wrong(
    `The templates of stacks and the worker disagree: ${named.join(', ')}; ${wanted.from} ${wanted.version}.`,
    `Update the stack ${others.map(({ stack }) => stack).join(' and ')} with the templates of ${wanted.version}.`,
  );
}
