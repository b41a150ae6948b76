import type { Dashboard, Panel } from '../grafana/dashboard.ts';
import { interpolate } from '../grafana/interpolate.ts';
import type { Asking } from './answer.ts';
import type { Choices } from './choices.ts';
import { element } from './dom.ts';
import { PanelView } from './panel.ts';
import type { ChartContext } from './timeseries.ts';

interface Row {
  readonly panel: Panel | undefined;
  readonly views: readonly PanelView[];
  readonly title: HTMLElement;
}

/** The panels in their places, in rows that open and close. Only what can be seen is asked for. */
export class Grid {
  readonly element = element('div', { className: 'dashboard' });
  readonly #rows: readonly Row[];
  readonly #near = new Set<PanelView>();
  readonly #watch: IntersectionObserver;
  readonly #stale = new Set<PanelView>();

  constructor(dashboard: Dashboard, draw: (view: PanelView) => Promise<void>) {
    this.#rows = rowsOf(dashboard.panels).map(({ panel, panels }) => ({
      panel,
      views: panels.map((one) => new PanelView(one)),
      title: element('span'),
    }));
    const byElement = new Map<Element, PanelView>();
    this.#watch = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const view = byElement.get(target)!;
          if (!isIntersecting) this.#near.delete(view);
          else {
            this.#near.add(view);
            if (this.#stale.delete(view)) void draw(view);
          }
        }
      },
      { rootMargin: '200px' },
    );
    for (const { panel, views, title } of this.#rows) {
      const top = Math.min(...views.map((view) => view.panel.grid.y));
      const panels = element('div', { className: 'grid' }, ...views.map((view) => view.element));
      for (const view of views) {
        // Places count from the row's own top, since rows above may be closed.
        const { x, y, w, h } = view.panel.grid;
        view.element.style.gridArea = `${y - top + 1} / ${x + 1} / span ${h} / span ${w}`;
        byElement.set(view.element, view);
        this.#watch.observe(view.element);
      }
      if (!panel) this.element.append(panels);
      else {
        const summary = element('summary', {}, title);
        this.element.append(element('details', { className: 'row', open: !panel.collapsed }, summary, panels));
      }
    }
  }

  /** Titles hold variables too. */
  show(choices: Choices): void {
    for (const { panel, title } of this.#rows) if (panel) title.textContent = interpolate(panel.title, choices);
  }

  /** Draws what is in sight now; the rest when it comes there. */
  async draw(asking: Asking, context: ChartContext): Promise<readonly Error[]> {
    const views = this.#rows.flatMap((row) => row.views);
    for (const view of views) this.#stale.add(view);
    await new Promise(requestAnimationFrame);
    const near = views.filter((view) => this.#near.has(view) || isNear(view.element));
    const errors = await Promise.all(near.map((view) => this.drawView(view, asking, context)));
    return errors.flat();
  }

  drawView(view: PanelView, asking: Asking, context: ChartContext): Promise<readonly Error[]> {
    this.#stale.delete(view);
    return view.draw(asking, context);
  }

  destroy(): void {
    this.#watch.disconnect();
    for (const { views } of this.#rows) for (const view of views) view.destroy();
    this.element.remove();
  }
}

function isNear(panel: HTMLElement): boolean {
  if (!panel.checkVisibility()) return false;
  const { top, bottom } = panel.getBoundingClientRect();
  return bottom > -200 && top < innerHeight + 200;
}

/** The panels by the row above them; those before the first row have none. */
function rowsOf(panels: readonly Panel[]): { readonly panel: Panel | undefined; readonly panels: Panel[] }[] {
  const rows: { readonly panel: Panel | undefined; readonly panels: Panel[] }[] = [{ panel: undefined, panels: [] }];
  for (const panel of panels) {
    if (panel.type === 'row') rows.push({ panel, panels: [] });
    else rows.at(-1)!.panels.push(panel);
  }
  return rows.filter((row) => row.panel !== undefined || row.panels.length > 0);
}
