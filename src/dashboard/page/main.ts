import { type Dashboard, readDashboard } from '../grafana/dashboard.ts';
import { parseDuration, parseTime } from '../grafana/time.ts';
import { type Address, readAddress, writeAddress } from './address.ts';
import {
  AskError,
  readDashboardJson,
  readDashboards,
  readNotes,
  readScrapeMs,
  readSources,
  type Source,
} from './api.ts';
import { type Choices, loadChoices } from './choices.ts';
import { element } from './dom.ts';
import { Grid } from './grid.ts';
import { picker } from './picker.ts';
import { followTheme, theme } from './theme.ts';
import { toolbar } from './toolbar.ts';

/** While something is away it is asked again so often, whatever the refresh is. */
const lookAgainMs = 3000;
/** Prometheus's own default; used until it has told. */
const usualScrapeMs = 15_000;

/** The page: one dashboard at a time, drawn again at each refresh. */
class Page {
  readonly #top = element('header', { className: 'top' });
  readonly #notices = element('div', { className: 'notices', role: 'status' });
  readonly #main = element('main');
  #address: Address = readAddress();
  #dashboards: readonly { readonly uid: string; readonly title: string }[] = [];
  #dashboard: Dashboard | undefined;
  #sources: readonly Source[] = [];
  #choices: Choices = {};
  #scrapeMs: number | undefined;
  /** What the controls show, to see whether that has changed. */
  #shows = '';
  #grid: Grid | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = new AbortController();

  async start(): Promise<void> {
    document.body.append(this.#top, this.#notices, this.#main);
    followTheme(() => void this.refresh());
    addEventListener('popstate', () => {
      this.#address = readAddress();
      void this.open();
    });
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.#timer === undefined) void this.refresh();
    });
    await this.open();
  }

  /** Shows the dashboard that the address names, else the first. */
  async open(): Promise<void> {
    this.#stop();
    try {
      [this.#dashboards, this.#sources] = await Promise.all([readDashboards(), readSources()]);
      const { uid } = this.#dashboards.find((one) => one.uid === this.#address.uid) ?? this.#dashboards[0] ?? {};
      this.#dashboard = uid === undefined ? undefined : readDashboard(await readDashboardJson(uid));
      if (uid !== undefined) this.#address = { ...this.#address, uid };
    } catch (error) {
      this.#tell([(error as Error).message]);
      this.#again(lookAgainMs, () => this.open());
      return;
    }
    this.#grid?.destroy();
    this.#grid = undefined;
    const dashboard = this.#dashboard;
    if (!dashboard) {
      this.#shows = '';
      this.#top.replaceChildren(this.#toolbar());
      this.#main.replaceChildren(element('p', { className: 'nothing' }, 'No application has sent a dashboard yet.'));
      this.#tell(await readNotes().catch(() => []));
      this.#again(lookAgainMs, () => this.open());
      return;
    }
    const { from, to, refresh } = this.#address;
    this.#address = {
      ...this.#address,
      from: from || dashboard.from,
      to: to || dashboard.to,
      refresh: refresh ?? dashboard.refresh,
    };
    document.title = `${dashboard.title} – Dashboards`;
    writeAddress(this.#address);
    this.#grid = new Grid(dashboard, (view) => this.#drawOne(view));
    this.#main.replaceChildren(this.#grid.element);
    await this.refresh();
  }

  /** Asks everything again and draws it. */
  async refresh(): Promise<void> {
    const dashboard = this.#dashboard;
    if (!dashboard || !this.#grid) return;
    this.#stop();
    const { signal } = this.#asking;
    const range = this.#range();
    const problems = new Set<string>();
    let away = false;
    try {
      const [notes, sources] = await Promise.all([readNotes(), readSources()]);
      this.#sources = sources;
      for (const note of notes) problems.add(note);
      const first = sources.find(({ type }) => type === 'prometheus');
      const [choices, scrapeMs] = await Promise.all([
        loadChoices(dashboard.variables, { sources, range, chosen: this.#address.variables }),
        this.#scrapeMs ?? (first && readScrapeMs(first.name).catch(() => undefined)),
      ]);
      if (signal.aborted) return;
      this.#choices = choices;
      this.#scrapeMs = scrapeMs;
      this.#renderControls();
      this.#grid.show(choices);
    } catch (error) {
      away = true;
      problems.add((error as Error).message);
    }
    const errors = away ? [] : await this.#grid.draw(this.#askingNow(), this.#context());
    if (signal.aborted) return;
    for (const error of errors) {
      if (!(error instanceof AskError && error.away)) continue;
      away = true;
      problems.add(error.message);
    }
    this.#tell([...problems], away);
    document.documentElement.dataset.drawn = String(Date.now());
    const everyMs = parseDuration(this.#address.refresh ?? '');
    const nextMs = away ? Math.min(lookAgainMs, everyMs ?? lookAgainMs) : everyMs;
    if (nextMs !== undefined) this.#again(Math.max(1000, nextMs), () => this.refresh());
  }

  /** A panel that has come into sight. */
  async #drawOne(view: Parameters<Grid['drawView']>[0]): Promise<void> {
    if (Object.keys(this.#choices).length === 0 && (this.#dashboard?.variables.length ?? 0) > 0) return;
    await this.#grid?.drawView(view, this.#askingNow(), this.#context());
  }

  #askingNow() {
    return {
      ...this.#range(),
      scrapeMs: this.#scrapeMs ?? usualScrapeMs,
      choices: this.#choices,
      sources: this.#sources,
      signal: this.#asking.signal,
    };
  }

  #context() {
    return {
      theme: theme(),
      zoom: (fromMs: number, toMs: number) =>
        this.#go({ from: String(Math.round(fromMs)), to: String(Math.round(toMs)) }),
    };
  }

  #range(): { readonly fromMs: number; readonly toMs: number } {
    const now = Date.now();
    const toMs = parseTime(this.#address.to, now) ?? now;
    const fromMs = parseTime(this.#address.from, now) ?? toMs - 3_600_000;
    return { fromMs: Math.min(fromMs, toMs - 1000), toMs };
  }

  #go(change: Partial<Address>): void {
    this.#address = { ...this.#address, ...change };
    writeAddress(this.#address, true);
    this.#renderControls();
    void (change.uid === undefined ? this.refresh() : this.open());
  }

  /** Draws the controls anew where something is new, but not under the reader's hand. */
  #renderControls(): void {
    const shows = JSON.stringify([this.#address, this.#dashboards, this.#choices]);
    if (shows === this.#shows || this.#top.querySelector('details[open]')) return;
    this.#shows = shows;
    const at = document.activeElement?.closest<HTMLElement>('[data-key]')?.dataset.key;
    this.#top.replaceChildren(this.#toolbar(), this.#pickers());
    for (const one of this.#top.querySelectorAll<HTMLElement>('[data-key]')) {
      if (one.dataset.key === at) one.focus();
    }
  }

  #toolbar(): HTMLElement {
    const { refresh = '' } = this.#address;
    return toolbar(
      { address: this.#address, dashboards: this.#dashboards, refresh },
      {
        open: (uid) => this.#go({ uid, from: '', to: '', refresh: undefined, variables: {} }),
        range: (from, to) => this.#go({ from, to }),
        every: (every) => this.#go({ refresh: every }),
        now: () => void this.refresh(),
        themed: () => void this.refresh(),
      },
    );
  }

  #pickers(): HTMLElement {
    const shown = Object.values(this.#choices).filter(({ variable, options }) => {
      // One data source is no choice.
      if (variable.type === 'datasource') return options.length > 1;
      return variable.hide !== 2 && variable.type !== 'constant';
    });
    return element(
      'div',
      { className: 'variables' },
      ...shown.map((choice) =>
        picker(choice, (values) =>
          this.#go({ variables: { ...this.#address.variables, [choice.variable.name]: values } }),
        ),
      ),
    );
  }

  #tell(problems: readonly string[], away = false): void {
    const more = away ? ' It is asked again until it answers.' : '';
    this.#notices.replaceChildren(
      ...problems.map((problem) => element('p', {}, `${problem}.${more}`.replace('..', '.'))),
    );
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asking.abort();
    this.#asking = new AbortController();
  }

  /** A page that nobody sees asks nothing; it goes on when it is looked at. */
  #again(ms: number, what: () => Promise<void>): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!document.hidden) void what();
    }, ms);
  }
}

await new Page().start();
