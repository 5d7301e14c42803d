import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { defineProgram } from '../../src/cli/program.ts';

/** Returns every command that can be run, with its name as people type it. */
export function commandLeaves(): readonly (readonly [name: string, command: Command])[] {
  const out = new PassThrough();
  const terminal = { out, err: out, input: out, env: {}, isInteractive: false, showsProgress: false };
  return leavesOf(
    defineProgram(terminal, () => undefined),
    [],
  );
}

function leavesOf(command: Command, path: readonly string[]): (readonly [string, Command])[] {
  if (command.commands.length === 0) return [[path.join(' '), command]];
  return command.commands.flatMap((each) => leavesOf(each, [...path, each.name()]));
}
