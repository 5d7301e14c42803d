import { type SignedPlace, signedCall } from '../sdk/signed-call.ts';

/** One metric, whose values are asked for. */
export interface MetricAsked {
  readonly namespace: string;
  readonly name: string;
  readonly stat: 'Sum' | 'Maximum';
  readonly dimension?: readonly [name: string, value: string];
}

/** The time that is asked for. The period must divide into the age of `from`, as CloudWatch keeps it. */
export interface MetricTime {
  readonly from: Date;
  readonly to: Date;
  readonly periodSeconds: number;
}

/**
 * Returns the values of each metric in the order of the metrics, the newest value first. A metric without values has an
 * empty list. An answer that is not whole is an error, so that no sum is too low.
 */
export async function metricValues(
  place: SignedPlace,
  metrics: readonly MetricAsked[],
  { from, periodSeconds, to }: MetricTime,
): Promise<readonly (readonly number[])[]> {
  const xml = await signedCall(place, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams([
      ['Action', 'GetMetricData'],
      ['Version', '2010-08-01'],
      ['StartTime', from.toISOString()],
      ['EndTime', to.toISOString()],
      ['ScanBy', 'TimestampDescending'],
      ...metrics.flatMap((metric, index) => questionOf(metric, index, periodSeconds)),
    ]).toString(),
  });
  return metrics.map((_, index) => valuesOf(xml, idOf(index)));
}

function questionOf(
  { dimension, name, namespace, stat }: MetricAsked,
  index: number,
  periodSeconds: number,
): [string, string][] {
  const question = `MetricDataQueries.member.${index + 1}`;
  const metric = `${question}.MetricStat.Metric`;
  return [
    [`${question}.Id`, idOf(index)],
    [`${metric}.Namespace`, namespace],
    [`${metric}.MetricName`, name],
    ...(dimension === undefined
      ? []
      : ([
          [`${metric}.Dimensions.member.1.Name`, dimension[0]],
          [`${metric}.Dimensions.member.1.Value`, dimension[1]],
        ] as [string, string][])),
    [`${question}.MetricStat.Period`, String(periodSeconds)],
    [`${question}.MetricStat.Stat`, stat],
  ];
}

const idOf = (index: number) => `m${index}`;

/** The results are members of a list, and so are the values inside each of them. The elements have no fixed order. */
function valuesOf(xml: string, id: string): readonly number[] {
  const flat = xml
    .replaceAll(/<(Timestamps|Messages)>[^]*?<\/\1>/g, '')
    .replaceAll(/<Values>([^]*?)<\/Values>/g, (_, values: string) => {
      return `<Values>${values.replaceAll(/<\/?member>/g, ' ')}</Values>`;
    });
  const result = [...flat.matchAll(/<member>([^]*?)<\/member>/g)].find(([, text = '']) =>
    text.includes(`<Id>${id}</Id>`),
  );
  const textOf = (element: string) => new RegExp(`<${element}>([^<]*)<`).exec(result?.[1] ?? '')?.[1] ?? '';
  if (textOf('StatusCode') !== 'Complete') throw new MetricDataIncomplete();
  return textOf('Values')
    .split(/\s+/)
    .filter((value) => value !== '')
    .map(Number);
}

class MetricDataIncomplete extends Error {
  override readonly name = 'MetricDataIncomplete';

  constructor() {
    super('CloudWatch did not return all values');
  }
}
