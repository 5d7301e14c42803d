const dayMs = 86_400_000;

/** A day in UTC, and the part of it that lies in a span. */
export interface DayOfSpan {
  readonly day: string;
  readonly since: Date;
  readonly until: Date;
}

/** Returns the days of a span, oldest first. `until` does not belong to it. */
export function daysOf({
  since,
  until,
}: {
  readonly since: Date;
  readonly until: Date;
}): readonly DayOfSpan[] {
  const days: DayOfSpan[] = [];
  for (let from = since.getTime(); from < until.getTime(); ) {
    const start = from - (from % dayMs);
    const to = Math.min(start + dayMs, until.getTime());
    days.push({
      day: new Date(start).toISOString().slice(0, 10),
      since: new Date(from),
      until: new Date(to),
    });
    from = to;
  }
  return days;
}
