import { spawn } from 'node:child_process';

/**
 * Runs the worker of a drill and passes its log on, as a log driver does. From SIGUSR2 to SIGHUP it reads nothing, as
 * where the driver hangs.
 */
const [, , ...args] = process.argv;
const worker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
worker.stdout.pipe(process.stdout);
process.on('SIGUSR2', () => worker.stdout.unpipe().pause());
process.on('SIGHUP', () => worker.stdout.pipe(process.stdout));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => worker.kill(signal));
worker.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128));
