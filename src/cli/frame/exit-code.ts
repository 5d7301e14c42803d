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
