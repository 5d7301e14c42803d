import { ok, type Verdict, wrong } from './verdict.ts';

/** All of queue, bucket and command must be in one region. A stand-in names no region. */
export function judgeRegion(
  region: string,
  { bucket, queue }: { readonly bucket: string | undefined; readonly queue: string | undefined },
): Verdict {
  for (const [what, where] of [
    ['The findings queue', queue],
    ['The isolation bucket', bucket],
  ] as const) {
    if (where !== undefined && where !== region) {
      return wrong(
        `${what} is in ${where}, and this command asks ${region}.`,
        `Repeat it with --region ${where}.`,
      );
    }
  }
  return ok(region);
}

/** S3 refuses signatures that are 15 minutes off. */
const tolerableMs = 60_000;

export function judgeClock(here: Date, atS3: Date): Verdict {
  const seconds = Math.round((here.getTime() - atS3.getTime()) / 1000);
  if (Math.abs(seconds) * 1000 <= tolerableMs) return ok();
  return wrong(
    `The clock of this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'fast' : 'slow'}. From 15 minutes on AWS refuses every call.`,
    'Synchronise it: timedatectl set-ntp true.',
  );
}
