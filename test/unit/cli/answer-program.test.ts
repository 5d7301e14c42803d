import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { answerProgram } from '../../../src/cli/program.ts';
import { commandLeaves } from '../../support/command-leaves.ts';

async function answered(argv: readonly string[], out: Writable = new PassThrough()) {
  const err = new PassThrough();
  const code = await answerProgram(argv, {
    out,
    err,
    input: new PassThrough(),
    env: {},
    isInteractive: false,
    showsProgress: false,
  });
  const read = (stream: Writable) => (stream instanceof PassThrough ? String(stream.read() ?? '') : '');
  return { code, out: read(out), err: read(err) };
}

describe('a command line that asks for help', () => {
  it('gets the help of the program and of a command', async () => {
    expect(await answered(['--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('Usage: macie-isolator [options]'),
    });
    expect(await answered(['dlq', 'replay', '-h'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('Usage: macie-isolator dlq replay'),
    });
  });

  it('ends quietly if nobody reads the help, as in --help | head', async () => {
    const closed = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });

    expect(await answered(['--help'], closed)).toMatchObject({ code: 0, err: '' });
  });
});

describe('help that cannot be written', () => {
  it('is a failure, and a sentence says so', async () => {
    const full = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write'), { code: 'ENOSPC' })),
    });

    expect(await answered(['list', '--help'], full)).toMatchObject({
      code: 1,
      err: 'macie-isolator: Standard output could not be written (ENOSPC).\n',
    });
  });
});

describe('a command line that is wrong', () => {
  it('gets the usage', async () => {
    const { code, err } = await answered(['no-such-command', '--help-me']);

    expect(code).toBe(2);
    expect(err).toContain('--help');
  });

  const writesDown = commandLeaves().filter(([, { options }]) =>
    options.some(({ long }) => long === '--reason'),
  );
  it.each(writesDown)(
    'has an empty or endless reason or name, which %s refuses to write down',
    async (name) => {
      for (const [flag, value] of [
        ['--reason', ''],
        ['--reason', ' \t'],
        ['--reason', 'x'.repeat(1_025)],
        ['--who', ' '],
      ] as const) {
        const { code, err } = await answered([...name.split(' '), '--reason', 'case 12', flag, value]);

        expect(code).toBe(2);
        expect(err).toContain('It takes a text of 1 to 1,024 characters.');
      }
    },
  );

  const takesMany = commandLeaves().flatMap(([name, { options }]) =>
    options.filter(({ description }) => /repeatable/.test(description)).map(({ long }) => [name, long ?? '']),
  );
  it.each([...takesMany, ['list', '--key'], ['doctor', '--service-stack'], ['jobs create', '--name']])(
    'has an empty value, as of an unset variable: %s %s',
    async (name, flag) => {
      const { code, err } = await answered([...name.split(' '), flag, '']);

      expect(code).toBe(2);
      expect(err).toContain(`argument '' is invalid. It takes a text that is not empty.`);
    },
  );

  it('is quoted without what could steer a terminal', async () => {
    const { err } = await answered(['list', '--\u001b[2J\u009b']);

    expect(err).toContain(String.raw`--\u001b[2J\u009b`);
  });
});

describe('a command line whose command has to run', () => {
  it('is left to the program, and nothing is done or written', async () => {
    expect(await answered(['settings'])).toEqual({ code: undefined, out: '', err: '' });
    expect(await answered(['release', 'f1', '--reason', '--help'])).toEqual({
      code: undefined,
      out: '',
      err: '',
    });
  });
});
