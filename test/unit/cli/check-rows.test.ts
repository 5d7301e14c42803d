import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { makeChecks, openCheckOutput } from '../../../src/cli/check-rows.ts';
import { runCommand } from '../../../src/cli/frame/run-command.ts';
import { ok } from '../../../src/core/operate/doctor/verdict.ts';

describe('checks that Ctrl-C stops in the middle', () => {
  it.each([
    ['text', {}, 'ok       queue  It is there.\n'],
    ['lines of JSON', { jsonl: true }, '{"check":"queue","state":"ok","why":"It is there.","mend":null}\n'],
  ])('show those that were made before, as %s', async (_, flags, shown) => {
    const out = new PassThrough();
    const terminal = { out, err: out, input: out, env: {}, isInteractive: false, showsProgress: false };
    const checks = [
      { name: 'queue', judge: async () => ok('It is there.') },
      {
        name: 'bucket',
        async judge() {
          process.emit('SIGINT');
          return ok('Nobody waits for this.');
        },
      },
    ];

    const code = await runCommand(terminal, {}, async (context) => {
      await makeChecks(checks, openCheckOutput(terminal, flags), context);
      return 0;
    });

    expect(code).toBe(130);
    expect(String(out.read())).toBe(shown);
  });
});
