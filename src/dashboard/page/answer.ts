import type { Panel, Target } from '../grafana/dashboard.ts';
import { interpolate } from '../grafana/interpolate.ts';
import { seriesName, sharedLabels } from '../grafana/legend.ts';
import { type PrometheusSeries, type Range, wholeSteps } from '../grafana/series.ts';
import { builtInVariables, parseDuration, stepFor } from '../grafana/time.ts';
import { queryInstant, queryRange, type Source } from './api.ts';
import { type Choices, sourceFor } from './choices.ts';

/** What every panel is drawn from at one refresh. */
export interface Asking {
  readonly fromMs: number;
  readonly toMs: number;
  readonly scrapeMs: number;
  readonly choices: Choices;
  readonly sources: readonly Source[];
  readonly signal: AbortSignal;
}

export interface NamedSeries extends PrometheusSeries {
  readonly name: string;
  readonly refId: string;
}

export interface Answer {
  readonly target: Target;
  readonly series: readonly NamedSeries[];
}

export interface PanelAnswer {
  readonly answers: readonly Answer[];
  readonly range: Range;
  /** Why some of the targets have no answer. */
  readonly errors: readonly Error[];
}

/** Asks everything that a panel shows, at once. `points`: how many there is room for. Rejects only when aborted. */
export async function askPanel(panel: Panel, points: number, asking: Asking): Promise<PanelAnswer> {
  const { fromMs, toMs, scrapeMs, choices, signal } = asking;
  const least = parseDuration(interpolate(panel.interval, choices)) ?? scrapeMs;
  const stepMs = stepFor(toMs - fromMs, points, Math.max(1000, least));
  const range = wholeSteps({ fromMs, toMs, stepMs });
  const builtIn = builtInVariables({ fromMs, toMs, stepMs, scrapeMs });
  const asked = await Promise.allSettled(
    panel.targets.map(async (target): Promise<Answer> => {
      const from = sourceFor(target.dataSource, choices, asking.sources);
      if ('problem' in from) throw new Error(from.problem);
      const expr = interpolate(target.expr, choices, builtIn);
      const instant = target.instant || (panel.type === 'table' && target.format === 'table');
      const series = instant
        ? await queryInstant(from.source, expr, toMs, signal)
        : await queryRange(from.source, expr, range, signal);
      const shared = sharedLabels(series.map(({ metric }) => metric));
      const named = series.map((one) => ({
        ...one,
        name: seriesName(one.metric, target, shared),
        refId: target.refId,
      }));
      return { target, series: named.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })) };
    }),
  );
  signal.throwIfAborted();
  return {
    range,
    answers: asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    errors: asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : [])),
  };
}
