import type { Panel } from '../grafana/dashboard.ts';
import { interpolate } from '../grafana/interpolate.ts';
import { type Asking, askPanel, type PanelAnswer } from './answer.ts';
import { element } from './dom.ts';
import { drawStat } from './stat.ts';
import { drawTable } from './table.ts';
import { drawText } from './text.ts';
import { type ChartContext, drawTimeseries } from './timeseries.ts';

/** One panel of the page: its frame, what it shows, and what is wrong with it. */
export class PanelView {
  readonly panel: Panel;
  readonly element: HTMLElement;
  readonly #title = element('h2', { className: 'title' });
  readonly #body = element('div', { className: 'body' });
  readonly #message = element('p', { className: 'message', role: 'status', hidden: true });
  #end: () => void = () => {};
  #drawn = false;

  constructor(panel: Panel) {
    this.panel = panel;
    const about = panel.description
      ? element(
          'button',
          { type: 'button', className: 'about', 'aria-label': `About: ${panel.description}`, title: panel.description },
          'i',
        )
      : undefined;
    const head = element('header', {}, this.#title, about);
    this.element = element(
      'section',
      { className: `panel ${panel.type}`, 'data-panel': panel.id },
      head,
      this.#body,
      this.#message,
    );
    this.element.style.setProperty('--h', String(panel.grid.h));
  }

  /** Asks and draws. A failure is told in the panel, and what it showed before stays. Never rejects. */
  async draw(asking: Asking, context: ChartContext): Promise<readonly Error[]> {
    const { panel } = this;
    this.#title.textContent = interpolate(panel.title, asking.choices);
    this.element.setAttribute('aria-label', this.#title.textContent || panel.type);
    if (panel.type === 'text') {
      drawText(this.#body, panel);
      return this.#show('ready', '', []);
    }
    const draws = { timeseries: drawTimeseries, stat: drawStat, table: drawTable }[panel.type];
    if (!draws) return this.#show('unknown', `Panels of type "${panel.type}" are not drawn here, but by Grafana.`, []);
    if (panel.targets.length === 0) return this.#show('empty', 'This panel asks nothing.', []);
    if (!this.#drawn) this.element.dataset.state = 'loading';
    this.element.ariaBusy = 'true';
    try {
      const points = Math.min(600, Math.max(60, Math.round(this.#body.clientWidth / 2)));
      const answer = await askPanel(panel, points, asking);
      return this.#draw(answer, draws, context);
    } catch (error) {
      if (asking.signal.aborted) return [];
      return this.#show('error', (error as Error).message, [error as Error]);
    } finally {
      this.element.ariaBusy = 'false';
    }
  }

  #draw(
    answer: PanelAnswer,
    draws: (body: HTMLElement, panel: Panel, answer: PanelAnswer, context: ChartContext) => () => void,
    context: ChartContext,
  ): readonly Error[] {
    const { answers, errors } = answer;
    const [first] = errors;
    if (answers.length === 0 && first) return this.#show('error', first.message, errors);
    const samples = answers.some(({ series }) => series.some(({ values }) => values.length > 0));
    if (!samples && !first) {
      this.#end();
      this.#end = () => {};
      this.#body.replaceChildren();
      this.#drawn = false;
      return this.#show('empty', this.panel.style.noValue ?? 'No data', []);
    }
    if (samples) {
      this.#end();
      this.#end = draws(this.#body, this.panel, answer, context);
      this.#drawn = true;
    }
    return first ? this.#show('error', first.message, errors) : this.#show('ready', '', []);
  }

  #show(state: string, message: string, errors: readonly Error[]): readonly Error[] {
    this.element.dataset.state = state;
    this.element.classList.toggle('stale', this.#drawn);
    this.#message.hidden = message === '';
    if (this.#message.textContent !== message) this.#message.textContent = message;
    return errors;
  }

  destroy(): void {
    this.#end();
    this.element.remove();
  }
}
