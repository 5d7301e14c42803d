import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** `npm run bench:image`: size and start-up of the image that this tree makes. */
const run = promisify(execFile);
const root = new URL('../', import.meta.url).pathname;
const image = 'macie-isolator-bench';

interface StartUp {
  readonly bare: readonly number[];
  readonly listening: readonly number[];
  readonly ready: readonly number[];
}

await docker('build', '--tag', image, '--target', 'worker', '.');
const size = await sizeOf(image);
const options = ['--detach', '--read-only', '--volume', `${root}:/repository:ro`, '--entrypoint', 'node'];
const entrypoint = JSON.parse(
  await docker('image', 'inspect', '--format', '{{json .Config.Entrypoint}}', image),
) as readonly string[];
const measure = ['/repository/bench/image/start-up.ts', ...entrypoint];
const container = (await docker('run', ...options, image, ...measure)).trim();
// Asked now and then: Podman's service spends a core for as long as somebody waits for a container.
while ((await docker('inspect', '--format', '{{.State.Running}}', container)).trim() === 'true') {
  await pause(1_000);
}
const { bare, listening, ready } = JSON.parse(await docker('logs', container)) as StartUp;
await docker('rm', container);
await docker('image', 'rm', image);

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const row = (name: string, times: readonly number[]) => {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  const ratio = at(0.5) / median(bare);
  return `| ${name} | ${at(0.5).toFixed(0)} ms | ${at(0.1).toFixed(0)} to ${at(0.9).toFixed(0)} ms | ${ratio.toFixed(1)} |`;
};
process.stdout.write(
  [
    `Size: ${mebibytes(size)}.`,
    '',
    `Start-up in a container, median of ${bare.length} interleaved runs:`,
    '',
    '| from exec until | median | 10 to 90 % | times bare Node |',
    '|---|---|---|---|',
    row('bare `node -e 0` has ended', bare),
    row('the worker listens', listening),
    row('the worker is ready', ready),
    '',
  ].join('\n'),
);

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[times.length >> 1] ?? Number.NaN;
}

async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', args, { cwd: root, maxBuffer: 2 ** 26 });
  return stdout;
}

async function sizeOf(name: string): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', name));
}
