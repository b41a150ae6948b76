import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { rows } from '../../../charm/dashboards/panels.ts';
import { hasChromium, startChromium } from './chromium.ts';
import { applications, type LiveWorkers, startLiveWorkers } from './live-workers.ts';

/** What these workers have nothing of: they use no TLS certificate. */
const silent = ['Certificates'];
const titles = rows().flatMap(({ panels }) => panels.map(({ title }) => title));

let live: LiveWorkers;
let browser: Browser;
let command: ChildProcess;
let url: string;

describe.runIf(hasChromium())('the dashboard in a browser', () => {
  beforeAll(async () => {
    browser = await startChromium();
    live = await startLiveWorkers();
    command = live.system.start('dashboard', '--no-open');
    const [line] = await once(command.stdout!, 'data');
    url = String(line).trim();
  });
  afterAll(async () => {
    command?.kill('SIGINT');
    try {
      await browser?.close();
    } finally {
      await live?.close();
    }
  });

  test('every panel has data of a busy, a failing, a slow and an idle worker', async () => {
    const asked = new Set<string>();
    const page = await open({ viewport: { width: 1400, height: 9000 } });
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    await page.reload();
    await settled(
      page,
      () => statesOf(page),
      (states) => {
        const without = Object.keys(states).filter((title) => states[title] !== 'ready');
        return Object.keys(states).length === titles.length && without.every((title) => silent.includes(title));
      },
    );
    expect(Object.keys(await statesOf(page)).sort()).toEqual([...titles].sort());
    await settled(
      page,
      () => panel(page, 'Worker up').textContent(),
      (text) => applications.every((name) => text?.includes(`${name}/0`)),
    );
    await settled(
      page,
      () => panel(page, 'Workers up').locator('.value').textContent(),
      (text) => text === '4',
    );
    await settled(
      page,
      () => panel(page, 'Activity failures').textContent(),
      (text) => text?.includes('refuse') === true,
    );
    expect([...asked]).toEqual([new URL(url).origin]);
    await shot(page, 'all');
    await page.context().close();
  });

  test('labels are text, whatever is in them', async () => {
    const page = await open({ viewport: { width: 1400, height: 9000 } });
    const failures = panel(page, 'Workflow task failures');
    await failures.getByText('<img src=x').first().waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).toBe('Temporal Worker SDK Metrics – Dashboards');
    await page.context().close();
  });

  test('a chosen application is the only one that is shown, also in the address', async () => {
    const page = await open();
    await settled(
      page,
      () => panel(page, 'Workers up').locator('.value').textContent(),
      (text) => text === '4',
    );
    await page.getByLabel('Juju application: All').click();
    await page.getByLabel('idle', { exact: true }).check();
    await page.keyboard.press('Escape');
    await settled(
      page,
      () => panel(page, 'Workers up').locator('.value').textContent(),
      (text) => text === '1',
    );
    expect(page.url()).toContain('var-juju_application=idle');
    await settled(
      page,
      () => panel(page, 'Worker up').textContent(),
      (text) => applications.filter((name) => text?.includes(`${name}/0`)).join() === 'idle',
    );
    // The units are asked for again when an application is chosen, and what there is to choose stays while it is open.
    await settled(
      page,
      () => page.getByRole('group', { name: 'Juju unit', includeHidden: true }).textContent(),
      (text) => text === 'Allidle/0',
    );
    await page.getByLabel('Juju unit: All').click();
    expect(await page.getByRole('group', { name: 'Juju unit' }).textContent()).toBe('Allidle/0');
    await page.goBack();
    await settled(
      page,
      () => panel(page, 'Workers up').locator('.value').textContent(),
      (text) => text === '4',
    );
    await page.context().close();
  });

  test('a rectangle in a chart is the time that all show', async () => {
    // A chart that is drawn anew in the middle would not see the end of the rectangle.
    const page = await open({}, url, '');
    const chart = panel(page, 'Worker up').locator('.u-over');
    await chart.waitFor();
    const { x, y, width, height } = (await chart.boundingBox())!;
    await page.mouse.move(x + width * 0.5, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.9, y + height / 2, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{13}&to=\d{13}/);
    expect(await page.locator('[data-control=range]').inputValue()).toBe('');
    await page.context().close();
  });

  test('a Prometheus that is away is told, what was drawn stays, and it is drawn again when it is back', async () => {
    const page = await open();
    await settled(
      page,
      () => panel(page, 'Worker up').getAttribute('data-state'),
      (state) => state === 'ready',
    );
    // With an option that means nothing, the unit leaves its server as it is.
    await live.system.do('config', 'prometheus-k8s', 'log_level=loud');
    await live.system.waitForUnit('prometheus-k8s/0', 'workload-status=="blocked"');
    const words = ['--container', 'prometheus', 'prometheus-k8s/0', '/charm/bin/pebble', 'stop', 'prometheus'];
    await live.system.do('ssh', ...words);
    const notice = page.locator('.notices');
    await settled(
      page,
      () => notice.textContent(),
      (text) => /cannot reach http.*asked again until/.test(text ?? ''),
    );
    const up = panel(page, 'Worker up');
    // A question that was under way at its end is told another reason.
    await settled(
      page,
      () => up.textContent(),
      (text) => text?.includes('connection refused') === true,
    );
    expect(await up.getAttribute('data-state')).toBe('error');
    expect(await up.locator('canvas').count()).toBe(1);
    await shot(page, 'away');
    await live.system.do('config', 'prometheus-k8s', '--reset', 'log_level');
    await settled(
      page,
      () => up.getAttribute('data-state'),
      (state) => state === 'ready',
    );
    await settled(
      page,
      () => notice.textContent(),
      (text) => text === '',
    );
    await page.context().close();
  });

  test('fits a narrow screen, in the dark too, and every control has a name', async () => {
    const page = await open({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
    await panel(page, 'Worker up').locator('canvas').waitFor();
    const facts = await page.locator('html').evaluate((html) => ({
      width: html.scrollWidth,
      ground: html.ownerDocument.defaultView?.getComputedStyle(html.ownerDocument.body).backgroundColor,
      nameless: [...html.querySelectorAll('button, select, input, summary')].filter(
        (one) => !(one.getAttribute('aria-label') || one.textContent || one.closest('label')),
      ).length,
    }));
    expect(facts).toEqual({ width: 390, ground: 'rgb(16, 18, 22)', nameless: 0 });
    await shot(page, 'narrow');
    await page.context().close();
  });

  test('the unit of grafana-k8s serves the same page with its password', async () => {
    const told = parse(await live.system.do('run', 'grafana-k8s/0', 'get-admin-password'));
    const httpCredentials = { username: 'admin', password: told['admin-password'] };
    const page = await open({ httpCredentials }, told.url);
    await panel(page, 'Worker up').locator('canvas').waitFor();
    figure(`dashboard drawn in ${drawnMs} ms`);
    await page.context().close();
  });

  async function open(options: BrowserContextOptions = {}, at = url, refresh = '5s'): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      colorScheme: 'light',
      ...options,
    });
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    const began = Date.now();
    await page.goto(`${at}/?from=now-5m&to=now&refresh=${refresh}`);
    await page.locator('html[data-drawn]').waitFor({ state: 'attached' });
    drawnMs = Date.now() - began;
    return page;
  }

  let drawnMs = 0;
  const problems: string[] = [];
  afterAll(() => expect(problems).toEqual([]));
});

function panel(page: Page, title: string) {
  return page.locator(`section.panel[aria-label="${title}"]`);
}

/** Title -> state of every panel. */
function statesOf(page: Page): Promise<Record<string, string>> {
  return page
    .locator('section.panel')
    .evaluateAll((panels) =>
      Object.fromEntries(panels.map((one) => [one.getAttribute('aria-label'), one.getAttribute('data-state')])),
    );
}

/** Looks at each drawing of the page until it is as it should be. */
async function settled<T>(page: Page, look: () => Promise<T>, holds: (found: T) => boolean): Promise<void> {
  const deadline = Date.now() + 150_000;
  for (;;) {
    const found = await look();
    if (holds(found)) return;
    if (Date.now() > deadline) throw new Error(`does not come to be as it should; last: ${JSON.stringify(found)}`);
    const drawn = await page.locator('html').getAttribute('data-drawn');
    await page.locator(`html:not([data-drawn="${drawn}"])`).waitFor({ state: 'attached' });
  }
}

/** For people, where CHARMLET_SCREENSHOTS names a directory. */
async function shot(page: Page, name: string): Promise<void> {
  const { CHARMLET_SCREENSHOTS: directory } = process.env;
  if (directory) await page.screenshot({ path: `${directory}/${name}.png` });
}

/** One of the figures that the part prints in the end. */
function figure(text: string): void {
  if (process.env.CHARMLET_FIGURES) appendFileSync(process.env.CHARMLET_FIGURES, `${text}\n`);
}
