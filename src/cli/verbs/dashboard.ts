import { once } from 'node:events';
import { openBrowser } from '../dashboard/open-browser.ts';
import { Failure, refuseExtra, usageError } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';

/** How long an answer of the controller serves: one load of the page asks many questions. */
const freshMs = 2000;

export const verb: Verb = {
  args: '',
  purpose: 'Draw the dashboards of the model as a web page, until Ctrl-C.',
  details: `
The dashboards are those that applications have sent to the model's grafana-k8s, drawn from the Prometheus that is related to it. The
page listens on 127.0.0.1, wants no password, and shows to every user of this machine what Prometheus shows them anyway.

grafana-k8s serves the same dashboards all the time, with a password: with the real Grafana where there is one
(charmlet run grafana-k8s/0 get-admin-password).

Juju's command of this name opens Juju's own dashboard, which charmlet has not.`,
  examples: ['dashboard', 'dashboard --model cos --port 3001 --no-open'],
  options(command) {
    command
      .option('--port <port>', 'listen on this port of 127.0.0.1 (default: a free one)')
      .option('--no-open', 'print the address and open no browser');
  },
  async run(call) {
    refuseExtra(call.args, 0);
    const port = portIn(call.options.port);
    const look = await looker(call);
    const { dashboards, notes } = await look();
    const { startDashboardServer } = await import('../../dashboard/server/dashboard-server.ts');
    const server = await startDashboardServer({ port, look }).catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another process has it' : cause.message;
      throw new Failure(`cannot listen on 127.0.0.1:${port}: ${why} (--port <free port>)`, 1, { cause });
    });
    call.out(`${server.url}\n`);
    for (const { title } of dashboards) call.info(`  ${title}`);
    if (dashboards.length === 0) call.info('  no application has sent a dashboard yet');
    for (const note of notes) call.info(note);
    call.info('Ctrl-C ends the page.');
    if (call.options.open !== false) openBrowser(call, server.url);
    if (!call.signal.aborted) await once(call.signal, 'abort');
    await server.close();
    return 0;
  },
};

function portIn(given: unknown): number {
  if (given === undefined) return 0;
  const port = Number(given);
  if (/^\d+$/.test(String(given)) && port <= 65535) return port;
  throw usageError(`invalid value "${given}" for option --port: not a port (a number from 0 to 65535)`);
}

/** Finds the unit whose dashboards are meant; what it answers reads them anew, but not for each question of a page. */
async function looker(call: Invocation) {
  const { relatedView } = await import('../dashboard/related-view.ts');
  const { applications, model } = await call.client.call('status', { selectors: [] });
  const grafanas = Object.entries(applications).filter(([, { 'charm-name': charm }]) => charm === 'grafana-k8s');
  const unit = grafanas.flatMap(([, { units }]) => Object.keys(units ?? {}))[0];
  if (unit === undefined) {
    throw new Failure(
      `cannot draw dashboards: model "${model.name}" has no grafana-k8s (charmlet deploy grafana-k8s, then integrate it with what has dashboards and with prometheus-k8s:grafana-source)`,
    );
  }
  let known: { readonly at: number; readonly text: string; readonly view: ReturnType<typeof relatedView> } | undefined;
  return async () => {
    if (known && Date.now() - known.at < freshMs) return known.view;
    const shown = (await call.client.call('showUnit', { units: [unit] }))[unit];
    const text = JSON.stringify(shown);
    known = { at: Date.now(), text, view: known?.text === text ? known.view : relatedView(shown) };
    return known.view;
  };
}
