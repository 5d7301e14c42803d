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
    .withWaitStrategy(options.waitStrategy ?? Wait.forHttp('/metrics', 8080))
    .withStartupTimeout(300_000);
  if (options.network) container.withNetwork(options.network);
  const started = await container.start();
  const runtime = await getContainerRuntimeClient();
  const handle = runtime.container.getById(started.getId());
  // testcontainers follows the log, which then ends with the container only.
  const output = async () => textOfFrames(await handle.logs({ follow: false, stdout: true, stderr: true }));
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

/** Docker's API sends both streams in one, in frames with a header of eight bytes: the last four are the length. */
function textOfFrames(frames: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at < frames.length; ) {
    const end = at + 8 + frames.readUInt32BE(at + 4);
    parts.push(frames.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString('utf8');
}
