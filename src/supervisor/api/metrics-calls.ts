import type { Checks } from '../checks/checks.ts';
import type { Services } from '../services/services.ts';
import type { Route } from './server.ts';

/** GET /v1/metrics: the text that Prometheus reads, with Pebble's names. */
export function metricsRoutes(services: Services, checks: Checks): Route[] {
  return [
    {
      path: '/v1/metrics',
      open: 'metrics',
      GET: ({ response }) => {
        response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
        response.end(renderMetrics(services, checks));
        return null;
      },
    },
  ];
}

function renderMetrics(services: Services, checks: Checks): string {
  const blocks: string[] = [];
  const add = (name: string, type: 'gauge' | 'counter', help: string, label: string, value: number): void => {
    blocks.push(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}{${label}} ${value}\n`);
  };
  for (const service of [...services.all()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const label = `service="${escaped(service.name)}"`;
    const active = 'Whether the service is currently active (1) or not (0)';
    add('pebble_service_active', 'gauge', active, label, service.current === 'active' ? 1 : 0);
    add('pebble_service_start_count', 'counter', 'Number of times the service has started', label, service.startCount);
  }
  for (const { name, up, successes, failures } of checks.metrics()) {
    const label = `check="${escaped(name)}"`;
    const isUp = 'Whether the health check is up (1) or not (0)';
    if (up !== undefined) add('pebble_check_up', 'gauge', isUp, label, up ? 1 : 0);
    add('pebble_check_success_count', 'counter', 'Number of times the check has succeeded', label, successes);
    add('pebble_check_failure_count', 'counter', 'Number of times the check has failed', label, failures);
  }
  return blocks.join('\n');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
