import { parseRecordKey, recordsOf } from '../../evidence/keys.ts';
import { ok, type Verdict, wrong } from './verdict.ts';

/** Macie and the isolation bucket, as a sample finding is followed through them. */
export interface SamplePorts {
  /** Has Macie make one sample finding of sensitive data, and publish it. */
  create(): Promise<void>;
  /** Returns the sample findings that Macie made at this time or later. */
  list(since: Date): Promise<readonly Sample[]>;
  recordKeys(prefix: string): AsyncIterable<string>;
  now(): Date;
  /** Waits, and rejects once the command is stopped. */
  pause(ms: number): Promise<void>;
  say(progress: string): void;
}

export interface Sample {
  readonly id: string;
  readonly createdAt: Date;
}

/** The clocks of Macie and of this machine may differ. */
const clockSkewMs = 60_000;
const firstPauseMs = 250;
const longestPauseMs = 5_000;

/** Follows a sample finding to its record. The worker answers it as it answers every sample: it does nothing. */
export async function followSample(ports: SamplePorts, patienceMs: number): Promise<Verdict> {
  const start = ports.now();
  const since = new Date(start.getTime() - clockSkewMs);
  const before = new Set((await ports.list(since)).map(({ id }) => id));
  await ports.create();
  const seconds = () => Math.round((ports.now().getTime() - start.getTime()) / 1000);
  const wait = waiter(ports, start.getTime() + patienceMs);

  const sample = await wait('Macie has not shown the sample finding yet', async () =>
    (await ports.list(since)).find(({ id }) => !before.has(id)),
  );
  if (sample === undefined) {
    return wrong(
      `Macie took the order for a sample finding, and shows none after ${seconds()} s.`,
      'aws macie2 list-findings; then: Repeat it with a longer --wait.',
    );
  }
  const shown = seconds();
  const outcome = await wait(`the sample finding ${sample.id} has no record yet`, () =>
    outcomeOf(sample, ports),
  );
  if (outcome === undefined) {
    return wrong(
      `The sample finding ${sample.id} has no record after ${seconds()} s.`,
      `macie-isolator status; then: macie-isolator dlq list; then: Look for ${sample.id} in the log of the worker, and at the metric FailedInvocations of the rule; then: Repeat it with a longer --wait.`,
    );
  }
  return ok(`${sample.id}: shown by Macie after ${shown} s, recorded as ${outcome} after ${seconds()} s`);
}

async function outcomeOf(sample: Sample, { recordKeys }: SamplePorts): Promise<string | undefined> {
  for await (const key of recordKeys(recordsOf(sample))) {
    const name = parseRecordKey(key);
    if (name?.findingId === sample.id) return name.outcome;
  }
  return undefined;
}

/** Asks again and again, ever more slowly, until there is an answer or the time is over. */
function waiter({ now, pause, say }: SamplePorts, until: number) {
  return async <Answer>(
    what: string,
    ask: () => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> => {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const answer = await ask();
      const left = until - now().getTime();
      if (answer !== undefined || left <= 0) return answer;
      say(`${what}; ${Math.ceil(left / 1000)} s are left`);
      await pause(Math.min(pauseMs, left));
    }
  };
}
