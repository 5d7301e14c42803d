import { err, type LogEvent } from './log-event.ts';

/** Pause and budget. */
export const valveLogEvents = {
  paused: {
    when: 'nothing is received from now on; `error` where no person has said so',
    levels: ['warn', 'error'],
    fields: {
      by: '`person`, `budget` (it is spent) or `unknown` (pause or budget cannot be read or understood)',
      reason: 'as the person gave it, or the sentence that says how to mend it',
      since: 'by S3’s clock, where it is known',
    },
  },
  still_paused: {
    when: 'the pause goes on; once a minute, so that an alarm stands as long as the pause does',
    levels: ['warn'],
    fields: { by: 'as of `paused`', reason: 'as of `paused`' },
  },
  resumed: { when: 'messages are received again', levels: ['info'], fields: {} },
  budget_low: {
    when: 'less than a fifth of the budget of this hour is left; once a minute at most',
    levels: ['warn'],
    fields: {
      remaining: 'how many isolations no worker has leased',
      budget: 'how many isolations the hour allows',
    },
  },
  valve_unreadable: {
    when: 'pause or budget could not be read, or S3 has not answered for 15 s: the last known state of what was not read holds; once a minute at most',
    levels: ['warn'],
    fields: { err },
  },
} as const satisfies Record<string, LogEvent>;
