import { text } from 'node:stream/consumers';
import type { WaitStrategy } from 'testcontainers';
import { GenericContainer, getContainerRuntimeClient, type StartedNetwork, Wait } from 'testcontainers';
import { inject } from 'vitest';
import { createLogLines, type LogLine } from '../../support/log-lines.ts';

export interface WorkerContainer {
  readonly id: string;
  get(path: '/livez' | '/readyz' | '/metrics'): Promise<{ readonly status: number; readonly text: string }>;
  signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Its exit code, once it has ended. */
  exited(): Promise<number>;
  /** Again, after it has ended. */
  start(): Promise<void>;
  /** Standard output and standard error of all its lives. */
  output(): Promise<string>;
  log(): Promise<readonly LogLine[]>;
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly network?: StartedNetwork;
  readonly waitStrategy?: WaitStrategy;
}

/** As docker-compose.yml runs it: nothing can be written, and nothing is permitted that root may do. */
class LockedDownContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.hostConfig.CapDrop = ['ALL'];
    this.hostConfig.SecurityOpt = ['no-new-privileges'];
  }
}

export async function startWorkerContainer(options: WorkerOptions): Promise<WorkerContainer> {
  const container = new LockedDownContainer(inject('image'))
    .withEnvironment(options.environment)
    .withExposedPorts(8080)
    .withWaitStrategy(options.waitStrategy ?? Wait.forHttp('/metrics', 8080));
  if (options.network) container.withNetwork(options.network);
  const started = await container.start();
  const runtime = await getContainerRuntimeClient();
  const handle = runtime.container.getById(started.getId());
  const output = async () => text(await started.logs());
  return {
    id: started.getId(),
    output,
    async get(path) {
      const answer = await fetch(`http://${started.getHost()}:${started.getMappedPort(8080)}${path}`);
      return { status: answer.status, text: await answer.text() };
    },
    async signal(signal) {
      await handle.kill({ signal });
    },
    async exited() {
      const { StatusCode } = (await handle.wait()) as { StatusCode: number };
      return StatusCode;
    },
    async start() {
      await started.restart({ timeout: 0 });
    },
    async log() {
      const { destination, lines } = createLogLines();
      for (const line of (await output()).split('\n')) if (line.startsWith('{')) destination.write(line);
      return lines;
    },
    async close() {
      await started.stop({ timeout: 0 });
    },
  };
}
