import type { Fact, Thresholds } from './fact.ts';
import { unknown } from './fact.ts';
import type { Asked, Counted, ServiceSeen, StatusSources } from './sources.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

/** What workers say of themselves; without a named worker, what CloudWatch counts of their log and what ECS runs. */
type Sources = Pick<StatusSources, 'workers' | 'service' | 'counted'>;

export function isHalted({ counted, workers: asked }: Sources): boolean {
  if ('value' in asked) return asked.value.some((one) => 'value' in one && one.value.isHalted === true);
  return 'value' in counted && counted.value.log?.isHalted === true;
}

export function notTold({ counted, workers: asked }: Sources): Fact {
  const name = 'not-told';
  if ('unknown' in asked) {
    const log = ofLog(counted);
    if ('unknown' in log) return unknown(name, hinted(log));
    const { notTold: value, since } = log.value;
    const text = `Alerts that were given up since ${since}, as CloudWatch counts them.`;
    return { name, state: value > 0 ? 'wrong' : 'fine', value, text };
  }
  const failed = numbersOf(asked.value, ({ alertsFailed }) => alertsFailed);
  if ('unknown' in failed) return unknown(name, hinted(failed));
  const value = failed.value.reduce((sum, one) => sum + one, 0);
  const text = 'Alerts that were given up since the workers started.';
  return { name, state: value > 0 ? 'wrong' : 'fine', value, text };
}

type Unknown = Extract<Asked<unknown>, { readonly unknown: string }>;

function hinted(asked: Unknown): Unknown {
  return { ...asked, unknown: `${asked.unknown} \`list --alert failed\` reads records.` };
}

export function oldestUnfinished(
  { counted, workers: asked }: Sources,
  { maxAgeMs }: Thresholds,
  now: Date,
): Fact {
  const name = 'oldest-unfinished';
  const old = (seconds: number, text: string): Fact => ({
    name,
    state: seconds * 1_000 > maxAgeMs ? 'wrong' : 'fine',
    value: Math.round(seconds),
    text,
  });
  if ('unknown' in asked) {
    const log = ofLog(counted);
    if ('unknown' in log) return unknown(name, log);
    const { oldestUnfinishedSeconds: seconds } = log.value;
    return seconds === 'none'
      ? old(0, 'No worker said within five minutes that a finding is older than that.')
      : old(
          seconds,
          'Seconds since Macie created the oldest finding that is not done, as CloudWatch counts.',
        );
  }
  const known = numbersOf(asked.value, (one) => one.oldestUnfinished ?? 'none');
  if ('unknown' in known) return unknown(name, known);
  const times = known.value.flatMap((one) => (one === 'none' ? [] : one.getTime()));
  if (times.length === 0) return old(0, 'The workers have no finding in work.');
  const oldest = Math.min(...times);
  return old(
    Math.max(0, now.getTime() - oldest) / 1_000,
    `Seconds since Macie created the oldest finding that is in work or backs off: ${new Date(oldest).toISOString()}.`,
  );
}

export function workers({ service, workers: asked }: Sources): Fact {
  const ofEcs = 'value' in service ? ofService(service.value) : undefined;
  if ('unknown' in asked) return ofEcs ?? unknown('workers', 'unknown' in service ? service : asked);
  const answered = asked.value.flatMap((one) => ('value' in one ? [one.value] : []));
  const versions = [...new Set(answered.flatMap(({ version }) => version ?? []))];
  const silent = asked.value.flatMap((one) => ('unknown' in one ? [one.unknown] : []));
  const of = `${answered.length} of ${asked.value.length} answer`;
  const version = versions.length > 0 ? `, version ${versions.join(' and ')}` : '';
  return {
    name: 'workers',
    state: silent.length > 0 || ofEcs?.state === 'wrong' ? 'wrong' : 'fine',
    value: answered.length,
    text: [`${of}${version}.`, ...silent, ...(ofEcs === undefined ? [] : [ofEcs.text])].join(' '),
  };
}

/** A task that is still to start is nothing wrong, as long as others work. */
function ofService({ deployment, desired, image, pending, running }: ServiceSeen): Fact {
  const isShort = running === 0 || running + pending < desired;
  const said = [
    `ECS runs ${running} of ${desired} tasks`,
    ...(pending > 0 ? [`${pending} start`] : []),
    ...(image === undefined
      ? []
      : [image.version === undefined ? `image ${image.name}` : `version ${image.version}`]),
  ].join(', ');
  const going = {
    done: '',
    'in-progress': ' A deployment is in progress.',
    failing: ' Tasks of a deployment fail: the events of the service say why.',
  }[deployment];
  return {
    name: 'workers',
    state: isShort || deployment === 'failing' ? 'wrong' : 'fine',
    value: running,
    text: `${said}.${going}`,
  };
}

function ofLog(counted: Asked<Counted>): Asked<NonNullable<Counted['log']>> {
  if ('unknown' in counted) return counted;
  const { log } = counted.value;
  if (log !== undefined) return { value: log };
  return {
    unknown:
      'CloudWatch has no numbers of the workers’ log: deploy cloudwatch.yaml, or name a worker by --url.',
    isNotNamed: true,
  };
}

/** A number is known only if every worker that was named says it. */
function numbersOf<Value>(
  asked: readonly Asked<WorkerNumbers>[],
  pick: (numbers: WorkerNumbers) => Value | undefined,
): Asked<readonly Value[]> {
  const values: Value[] = [];
  for (const one of asked) {
    const value = 'value' in one ? pick(one.value) : undefined;
    if (value === undefined) return { unknown: 'Not every worker said it.' };
    values.push(value);
  }
  return { value: values };
}
