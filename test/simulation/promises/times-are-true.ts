import { Violation } from '../actor.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { isolationBucketName } from '../world.ts';

/** Invariant 4: the time of the removal in a record is that time, or two bounds between which it lies. */
export function timesAreTrue({ world, s3, goneAt, now }: History): Checker {
  /** No clock is further off. */
  const tolerance = Math.max(...world.workerSkewsMs.map(Math.abs));
  const wrong = (why: string): never => {
    throw new Violation('no untrue word', `the record says ${why}`);
  };
  const inOrder = (what: string, ...times: (number | undefined)[]): void => {
    const known = times.filter((time) => time !== undefined);
    for (const [index, time] of known.entries()) {
      const before = known[index - 1] ?? time;
      if (before > time + 2 * tolerance)
        wrong(`${what}: ${known.map((at) => new Date(at).toISOString()).join()}`);
    }
  };
  return {
    said({ in: where, outcome, fields, isolationKey: key }, { isBlind }) {
      const time = now();
      if (where !== 'record' || time === undefined) return;
      const [removedAt, notBefore, notAfter, createdAt] = [
        'removed_at',
        'removed_not_before',
        'removed_not_after',
        'finding_created_at',
      ].map((name) => moment(fields[name]));
      const isRemoved = ['isolated', 'already_isolated'].includes(outcome);
      const isKnown = removedAt !== undefined || notAfter !== undefined;
      if (removedAt !== undefined && notAfter !== undefined) wrong('both a time of removal and bounds of it');
      if ((notBefore === undefined) !== (notAfter === undefined)) wrong('one bound of the removal alone');
      if (isKnown !== isRemoved && !(isRemoved && isBlind))
        wrong(`${outcome}, with or without a time of removal`);
      const seconds = ((removedAt ?? notAfter ?? 0) - (createdAt ?? 0)) / 1000;
      const said = fields['finding_to_removal_seconds'];
      if (said !== (isKnown ? seconds : null))
        wrong(`${String(said)} seconds to the removal, not ${seconds}`);
      if (key === undefined || !isKnown) return;
      const copy = s3.read({ bucket: isolationBucketName, key });
      // Provenance that was written later may be about the same bytes, put again.
      const isKnownOf = Object.keys(copy?.metadata ?? {}).some((name) => name.startsWith('isolator-'));
      const gone = isKnownOf ? goneAt.get(copy?.copyOf?.write ?? '') : undefined;
      inOrder('that it was removed then', gone, removedAt, time);
      inOrder('that it was removed between', notBefore, gone, notAfter, time);
    },
  };
}

function moment(value: unknown): number | undefined {
  return typeof value === 'string' ? Date.parse(value) : undefined;
}
