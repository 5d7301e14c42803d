import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type DynamicConfigValue,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PanelBuilder as Heatmap,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Timeseries } from '@grafana/grafana-foundation-sdk/timeseries';

import type { LogQuery } from '../log-queries.ts';

/** What a panel is for, and what it asks. */
export interface PanelSpec {
  readonly title: string;
  /** The question that it answers, and how to read the answer. */
  readonly description: string;
  /** The section of docs/runbook.md to open where it looks wrong. */
  readonly runbook: string;
  /** The section of docs/logs.md with the query of the lines behind it. */
  readonly logs: LogQuery;
  /** In Grafana's names; https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options */
  readonly unit: string;
  readonly decimals?: number;
  /** Legend and expression. */
  readonly queries: readonly (readonly [legend: string, expr: string])[];
  /** From which value on it is yellow or red; from `goodFrom` on it is green. */
  readonly thresholds?: {
    readonly warn?: number;
    readonly bad?: number;
    readonly goodFrom?: number;
  };
  /** Of the 24 columns. */
  readonly columns: number;
  /** What is shown where there is nothing: by default that the number is not known. */
  readonly noValue?: string;
  /** Absent: from zero. */
  readonly min?: 'any';
  /** The colours of series by their names; each pattern is matched whole. */
  readonly colors?: Readonly<Record<string, Color>>;
}

/** Colours say what a series means, and say the same on every panel. */
export const colors = {
  /** Out of reach. */
  isolated: 'green',
  isolatedLight: 'light-green',
  /** Kept, and can or may still be read; given up; lost. */
  exposed: 'red',
  exposedLight: 'light-red',
  /** Failed, and is tried again. */
  failed: 'orange',
  failedLight: 'light-orange',
  /** Waits, or is in work. */
  pending: 'yellow',
  pendingLight: 'light-yellow',
  /** Needs nobody. */
  other: 'blue',
  otherLight: 'light-blue',
  /** What is aimed at, or possible. */
  limit: 'text',
} as const;
export type Color = keyof typeof colors;

export interface PanelOf<Panel> extends Builder<Panel> {
  id(id: number): this;
  gridPos(place: Place): this;
}

/** In columns and rows of the grid. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const prometheus = { type: 'prometheus', uid: '${datasource}' };

/** A metric of the workers that were chosen, with further matchers where given. */
export function seriesOf(metric: string, matchers = ''): string {
  const more = matchers === '' ? '' : `,${matchers}`;
  return `${metric}{job=~"$job",instance=~"$instance"${more}}`;
}

/**
 * One number: how it stands now, or over the time shown. With `names` the name of each series is what is shown, one below
 * the other and never too small to read.
 */
export function stat(
  spec: PanelSpec & { readonly names?: true; readonly height?: number; readonly zero?: string },
): Stat {
  const panel = described(new Stat(), spec, (query) => query.instant())
    .height(spec.height ?? 4)
    .textMode(spec.names === true ? BigValueTextMode.Name : BigValueTextMode.Value)
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(lastValue());
  // Several names, one below the other.
  if (spec.height !== undefined) {
    panel
      .orientation(VizOrientation.Horizontal)
      .text(new VizTextDisplayOptionsBuilder().titleSize(20).valueSize(20));
  }
  if (spec.zero !== undefined) {
    panel.mappings([{ type: MappingType.ValueToText, options: { '0': { text: spec.zero, index: 0 } } }]);
  }
  return panel;
}

/** Names with one number each, the largest first. */
export function bars(spec: PanelSpec): BarGauge {
  return described(new BarGauge(), spec, (query) => query.instant())
    .height(8)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .reduceOptions(lastValue());
}

/**
 * Lines over time, with points, since what happens rarely is no line; with `stacked`, bars on each other; with a line
 * where a threshold is.
 */
export function graph(
  spec: PanelSpec & {
    readonly stacked?: boolean;
    /** How far the axis goes at least: small numbers shall look small. */
    readonly softMax?: number;
  },
): Timeseries {
  const panel = described(new Timeseries(), spec, (query) => query.range())
    .height(8)
    .lineWidth(1)
    .showPoints(spec.stacked === true ? VisibilityMode.Never : VisibilityMode.Always)
    .pointSize(4)
    .fillOpacity(spec.stacked === true ? 60 : 0)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new VizTooltipOptionsBuilder()
        .mode(TooltipDisplayMode.Multi)
        .sort(SortOrder.Descending)
        .hideZeros(spec.stacked === true),
    );
  if (spec.softMax !== undefined) panel.axisSoftMax(spec.softMax);
  if (spec.stacked === true) {
    panel
      .drawStyle(GraphDrawStyle.Bars)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  }
  if (spec.thresholds) {
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  return panel;
}

/** A histogram over time; the query sums its buckets by `le`. */
export function heatmap(spec: PanelSpec): Heatmap {
  return described(new Heatmap(), spec, (query) => query.range().format(PromQueryFormat.Heatmap))
    .height(8)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Blues').steps(32))
    .yAxis(new YAxisConfigBuilder().unit(spec.unit));
}

interface AnyPanel {
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: { type: string; uid: string }): this;
  span(columns: number): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  min(min: number): this;
  noValue(text: string): this;
  links(links: DashboardLinkBuilder[]): this;
  overrideByRegexp(regexp: string, properties: DynamicConfigValue[]): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
  withTarget(target: DataqueryBuilder): this;
}

function described<P extends AnyPanel>(
  panel: P,
  spec: PanelSpec,
  kindOf: (query: DataqueryBuilder) => DataqueryBuilder,
): P {
  panel
    .title(spec.title)
    .description(spec.description)
    .datasource(prometheus)
    .span(spec.columns)
    .unit(spec.unit)
    .thresholds(thresholdsOf(spec))
    .noValue(spec.noValue ?? 'unknown')
    .links([link('Runbook', `\${runbook}#${spec.runbook}`), link('Log lines', `\${logs}#${spec.logs}`)]);
  if (spec.min === undefined) panel.min(0);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  for (const [pattern, color] of Object.entries(spec.colors ?? {})) {
    const value = { mode: 'fixed', fixedColor: colors[color] };
    panel.overrideByRegexp(`/^${pattern}$/`, [{ id: 'color', value }]);
  }
  for (const [index, [legend, expr]] of spec.queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCodePoint(65 + index))
      .datasource(prometheus)
      .expr(expr)
      .legendFormat(legend);
    panel.withTarget(kindOf(query));
  }
  return panel;
}

function thresholdsOf({ thresholds }: PanelSpec): ThresholdsConfigBuilder {
  const { warn, bad, goodFrom } = thresholds ?? {};
  const steps = [
    { value: null, color: goodFrom === undefined ? 'green' : 'red' },
    ...(goodFrom === undefined ? [] : [{ value: goodFrom, color: 'green' }]),
    ...(warn === undefined ? [] : [{ value: warn, color: 'yellow' }]),
    ...(bad === undefined ? [] : [{ value: bad, color: 'red' }]),
  ];
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(thresholds ? steps : [{ value: null, color: 'text' }]);
}

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false);
}

export function link(title: string, url: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true);
}
