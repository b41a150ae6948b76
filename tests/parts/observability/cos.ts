import { appendFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Status, UnitStatus } from '../../../src/controller/api.ts';
import { type System, until } from '../../integration/system/system.ts';

/** The servers of `cos-lite`, asked over their own APIs. Ports are whatever was free. */
export class Cos {
  readonly #system: System;
  /** `-m MODEL` where the servers have a model of their own. */
  readonly #where: readonly string[];

  constructor(system: System, model?: string) {
    this.#system = system;
    this.#where = model === undefined ? [] : ['-m', model];
  }

  async unit(application: string): Promise<UnitStatus> {
    const status = JSON.parse(await this.#system.do('status', ...this.#where, '--format', 'json')) as Status;
    const unit = status.applications[application]?.units?.[`${application}/0`];
    if (!unit) throw new Error(`there is no unit ${application}/0`);
    return unit;
  }

  async url(application: string): Promise<string> {
    const [port] = (await this.unit(application))['open-ports'] ?? [];
    if (!port) throw new Error(`${application}/0 has no port open`);
    return `http://127.0.0.1:${port.split('/')[0]}`;
  }

  /** The samples of an instant query, each as its labels and value. */
  async query(expression: string): Promise<{ labels: Record<string, string>; value: number }[]> {
    const { data } = await this.#get('prometheus', `/api/v1/query?query=${encodeURIComponent(expression)}`);
    type Sample = { metric: Record<string, string>; value: [number, string] };
    return (data as { result: Sample[] }).result.map(({ metric, value }) => ({
      labels: metric,
      value: Number(value[1]),
    }));
  }

  /** Until the query's samples are as they should be; two minutes at most. */
  async querying<T>(
    what: string,
    expression: string,
    look: (samples: { labels: Record<string, string>; value: number }[]) => T | undefined,
  ): Promise<T> {
    return until(what, 120_000, async () => look(await this.query(expression).catch(() => [])));
  }

  /** Applications that Prometheus scrapes now. A query would show those of the last five minutes. */
  async scraped(): Promise<string[]> {
    const { data } = await this.#get('prometheus', '/api/v1/targets?state=active');
    const { activeTargets } = data as { activeTargets: { labels: Record<string, string> }[] };
    return [...new Set(activeTargets.map(({ labels }) => labels.juju_application!))].sort();
  }

  /** Names of the rule groups that Prometheus evaluates. */
  async ruleGroups(): Promise<string[]> {
    const { data } = await this.#get('prometheus', '/api/v1/rules');
    return (data as { groups: { name: string }[] }).groups.map(({ name }) => name).sort();
  }

  /** Alerts that Alertmanager has and that fire, as their labels. */
  async alerts(name: string): Promise<Record<string, string>[]> {
    const alerts = (await this.#get('alertmanager', '/api/v2/alerts?active=true')) as unknown as {
      labels: Record<string, string>;
    }[];
    return alerts.map(({ labels }) => labels).filter(({ alertname }) => alertname === name);
  }

  /** Lines that the log server has with this text, oldest first, with the labels of their streams. */
  async lines(text: string): Promise<{ line: string; labels: Record<string, string> }[]> {
    const url = await this.url('loki');
    const message = (await this.unit('loki'))['workload-status'].message ?? '';
    if (message.includes('VictoriaLogs')) {
      const body = new URLSearchParams({ query: `_time:1h ${JSON.stringify(text)} | sort by (_time)`, limit: '10000' });
      const answer = await (await fetch(`${url}/select/logsql/query`, { method: 'POST', body })).text();
      return answer
        .split('\n')
        .filter(Boolean)
        .map((row) => JSON.parse(row) as Record<string, string>)
        .map(({ _msg = '', _time, _stream, _stream_id, ...labels }) => ({ line: _msg, labels }));
    }
    const query = `{juju_model=~".+"} |= ${JSON.stringify(text)}`;
    const search = new URLSearchParams({ query, limit: '5000', direction: 'forward' });
    type Stream = { stream: Record<string, string>; values: [string, string][] };
    const response = await fetch(`${url}/loki/api/v1/query_range?${search}`);
    const answer = (await response.json()) as { data: { result: Stream[] } };
    return answer.data.result.flatMap(({ stream, values }) => values.map(([, line]) => ({ line, labels: stream })));
  }

  async #get(application: string, path: string): Promise<{ data?: unknown }> {
    const response = await fetch(`${await this.url(application)}${path}`);
    if (!response.ok) throw new Error(`${application} answers ${response.status}: ${await response.text()}`);
    return (await response.json()) as { data?: unknown };
  }
}

/** One of the figures that the part prints in the end. */
export function figure(text: string): void {
  if (process.env.CHARMLET_FIGURES) appendFileSync(process.env.CHARMLET_FIGURES, `${text}\n`);
}

/** Seconds since then, for a figure. */
export const secondsSince = (began: number): string => `${((Date.now() - began) / 1000).toFixed(1)} s`;

/** Something to scrape at every loopback address: `shop_visits` and no more. */
export class Target {
  readonly #server: Server;
  #down = false;
  port = 0;

  constructor() {
    this.#server = createServer((_, response) => {
      response.setHeader('content-type', 'text/plain').end('# TYPE shop_visits gauge\nshop_visits 7\n');
    });
    this.#server.on('connection', (socket) => this.#down && socket.destroy());
  }

  async open(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '0.0.0.0', done));
    this.port = (this.#server.address() as { port: number }).port;
  }

  /** From now on nobody is answered, as if it had died; the port stays ours, for else it might be another's afterwards. */
  fall(): void {
    this.#down = true;
    this.#server.closeAllConnections();
  }

  rise(): void {
    this.#down = false;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
