import { z } from 'zod';

/** What follows from a later time could be written in a form that nobody reads: years have four digits. */
const lastYear = 9_000;

/** A time as the valve's objects hold it: ISO 8601 with a zone. */
export const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((time) => time.getUTCFullYear() <= lastYear);
