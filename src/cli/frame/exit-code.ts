/** The exit codes of every command. Scripts rely on them. */
export const exitCode = {
  done: 0,
  /** Something could not be done. Standard error says what failed, and what to do next. */
  failed: 1,
  /** The command line was wrong, and nothing was done. */
  usage: 2,
  /** The command looked for something and found it. */
  found: 3,
  /** `EX_CONFIG` of sysexits.h: settings or credentials are missing or wrong. */
  configuration: 78,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The exit code of a shell for SIGINT. */
export const exitInterrupted = 130;

/** The meaning of each exit code: in `--help`, and in docs/cli.md. */
export const exitMeanings: readonly {
  readonly code: number;
  readonly short: string;
  readonly meaning: string;
}[] = [
  { code: exitCode.done, short: 'done', meaning: 'everything is done' },
  {
    code: exitCode.failed,
    short: 'failed',
    meaning: 'something could not be done; standard error says what to do next',
  },
  {
    code: exitCode.usage,
    short: 'wrong command line',
    meaning: 'the command line was wrong, and nothing was done',
  },
  {
    code: exitCode.found,
    short: 'found something',
    meaning: 'the command looked for something and found it',
  },
  {
    code: exitCode.configuration,
    short: 'settings or credentials',
    meaning: 'settings or credentials are missing or wrong',
  },
  { code: exitInterrupted, short: 'Ctrl-C', meaning: 'Ctrl-C' },
];

export const exitCodesInShort = exitMeanings.map(({ code, short }) => `${code} ${short}`).join(', ');
