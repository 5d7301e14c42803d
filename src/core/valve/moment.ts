import { z } from 'zod';

/** A time as the valve's objects hold it: ISO 8601 with a zone. */
export const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
