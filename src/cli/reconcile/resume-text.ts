import type { BackfillFlags } from './backfill-flags.ts';

/** The flags that the command to go on takes over, beside those of the time. */
const kept = [
  'account',
  'bucket',
  'identifier',
  'key',
  'severity',
  'again',
  'rate',
  'profile',
  'region',
  'endpointUrl',
  'stack',
  'set',
] as const satisfies readonly (keyof BackfillFlags)[];

/** Returns the command that goes on where a backfill stopped. */
export function resumeText(flags: BackfillFlags, reached: Date, until: Date): string {
  const words = [
    'macie-isolator',
    'backfill',
    '--since',
    reached.toISOString(),
    '--until',
    until.toISOString(),
  ];
  for (const name of kept) {
    const value = flags[name];
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) words.push(flag);
    else if (typeof value === 'string') words.push(flag, value);
    else if (Array.isArray(value)) for (const one of value) words.push(flag, String(one));
  }
  return `Go on with:\n  ${words.map(quoted).join(' ')}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
