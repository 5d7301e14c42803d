import { parser } from '@prometheus-io/lezer-promql';

/** What Grafana puts for its variables. */
export interface Variables {
  readonly job: string;
  readonly instance: string;
  readonly range: string;
  readonly rateInterval: string;
}

const anything: Variables = { job: '.+', instance: '.+', range: '1h', rateInterval: '1m' };

export function fillIn(expr: string, variables: Variables = anything): string {
  return expr
    .replaceAll('$__rate_interval', variables.rateInterval)
    .replaceAll('$__range', variables.range)
    .replaceAll('$job', variables.job)
    .replaceAll('$instance', variables.instance);
}

/** The parts of an expression that are no PromQL. */
export function faultsIn(expr: string): readonly string[] {
  const faults: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) faults.push(`${from}: ${expr.slice(from, to + 20)}`);
    },
  });
  return faults;
}

/** The texts of all nodes of these kinds. */
function textsOf(expr: string, ...kinds: readonly string[]): readonly string[] {
  const texts: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to }) => {
      if (kinds.includes(name)) texts.push(expr.slice(from, to));
    },
  });
  return texts;
}

/** The names of the metrics that it asks for. */
export function metricsIn(expr: string): readonly string[] {
  return textsOf(expr, 'VectorSelector').map((selector) => /^[^{\s[]*/.exec(selector)?.[0] ?? '');
}

/**
 * Matchers of `le` that hold for one way of writing numbers only: Prometheus 2 writes the bucket 300 as
 * `300`, Prometheus 3 as `300.0`.
 */
export function brittleMatchersIn(expr: string): readonly string[] {
  return textsOf(expr, 'UnquotedLabelMatcher', 'QuotedLabelMatcher').filter((matcher) => {
    const [, operator = '', value = ''] = /^"?le"?\s*(=~|!~|!=|=)\s*["'`](.*)["'`]$/.exec(matcher) ?? [];
    if (operator === '') return false;
    if (operator.endsWith('~')) return !/^\d+\(\\+\.0\)\?$/.test(value);
    return /^\d+(\.0)?$/.test(value);
  });
}

/** Gauges of this list, 0 before their first time, from which an age is computed as if they had one. */
export function agesSince1970In(expr: string, gauges: readonly string[]): readonly string[] {
  if (!expr.includes('time() - ')) return [];
  return gauges.filter((gauge) => {
    const uses = expr.split(gauge).slice(1);
    return uses.some((after) => !/^(\{[^}]*\})?(\[[^\]]*\]\))? > 0/.test(after));
  });
}
