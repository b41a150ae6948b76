import { parseDuration } from '../../pebble/duration.ts';
import { runAs, type Users } from '../process/identity.ts';
import { commandWords, splitWords } from './command-words.ts';
import { startOrder } from './order.ts';
import { type Check, type Layer, type LogTarget, type Plan, PlanFormatError, type Service } from './types.ts';

const targetTypes = ['loki', 'opentelemetry', 'syslog'];

/** Checks one layer by itself; throws `PlanFormatError` with Pebble's text. An entry may still be null here. */
export function validateLayer(layer: Layer, users: Users): void {
  if (layer.label.startsWith('pebble-')) refuse('cannot use reserved label prefix "pebble-"');
  for (const [name, service] of Object.entries(layer.services)) validateService(name, service);
  for (const [name, check] of Object.entries(layer.checks)) validateCheck(name, check, users);
  for (const [name, target] of Object.entries(layer['log-targets'])) validateTarget(name, target);
}

/** Checks the combined plan; throws `PlanFormatError` with Pebble's text. */
export function validatePlan(plan: Plan): void {
  for (const [name, service] of Object.entries(plan.services)) {
    if (!service.command) refuse(`plan must define "command" for service "${name}"`);
  }
  for (const [name, check] of Object.entries(plan.checks)) validatePlanCheck(plan, name, check);
  for (const [name, target] of Object.entries(plan['log-targets'])) validatePlanTarget(plan, name, target);
  startOrder(plan.services, Object.keys(plan.services));
}

function validateService(name: string, service: Service | null): void {
  if (name === '') refuse('cannot use empty string as service name');
  if (name === 'pebble') refuse(`cannot use reserved service name "${name}"`);
  if (name.startsWith('-')) refuse(`cannot use service name "${name}": starting with "-" not allowed`);
  if (service === null) throw new PlanFormatError(`service object cannot be null for service "${name}"`);
  try {
    commandWords(name, service.command ?? '');
  } catch (error) {
    refuse(`plan service "${name}" command invalid: ${(error as Error).message}`);
  }
  const actions = ['restart', 'shutdown', 'ignore'];
  const check = (where: string, action: string | undefined, more: string): void => {
    if (action !== undefined && action !== more && !actions.includes(action)) {
      refuse(`plan service "${name}" ${where} action "${action}" invalid`);
    }
  };
  check('on-success', service['on-success'], 'failure-shutdown');
  check('on-failure', service['on-failure'], 'success-shutdown');
  for (const action of Object.values(service['on-check-failure'] ?? {})) {
    check('on-check-failure', action, 'success-shutdown');
  }
  const factor = service['backoff-factor'];
  if (factor !== undefined && factor < 1) {
    refuse(`plan service "${name}" backoff-factor must be 1.0 or greater, not ${factor}`);
  }
}

function validateCheck(name: string, check: Check | null, users: Users): void {
  if (name === '') refuse('cannot use empty string as check name');
  if (check === null) throw new PlanFormatError(`check object cannot be null for check "${name}"`);
  if (check.level && !['alive', 'ready'].includes(check.level)) {
    refuse(`plan check "${name}" level must be "alive" or "ready"`);
  }
  if (check.startup && !['enabled', 'disabled'].includes(check.startup)) {
    refuse(`plan check "${name}" startup must be "enabled" or "disabled"`);
  }
  if (check.period && parseDuration(check.period) === 0) refuse(`plan check "${name}" period must not be zero`);
  if (check.timeout && parseDuration(check.timeout) === 0) refuse(`plan check "${name}" timeout must not be zero`);
  if (!check.exec) return;
  try {
    splitWords(check.exec.command ?? '');
  } catch (error) {
    refuse(`plan check "${name}" command invalid: ${(error as Error).message}`);
  }
  try {
    runAs(check.exec, users);
  } catch (error) {
    refuse(`plan check "${name}" has invalid user/group: ${(error as Error).message}`);
  }
}

function validateTarget(name: string, target: LogTarget | null): void {
  if (target === null) throw new PlanFormatError(`log target object cannot be null for log target "${name}"`);
  for (const label of Object.keys(target.labels ?? {})) {
    if (label.startsWith('pebble_')) {
      refuse(`log target "${name}": label "${label}" uses reserved prefix "pebble_"`);
    }
  }
  if (target.type && !targetTypes.includes(target.type)) {
    refuse(`log target "${name}" has unsupported type "${target.type}", must be "loki", "opentelemetry" or "syslog"`);
  }
}

function validatePlanCheck(plan: Plan, name: string, check: Check): void {
  const { http, tcp, exec } = check;
  if (http && !http.url) refuse(`plan must set "url" for http check "${name}"`);
  if (tcp && !tcp.port) refuse(`plan must set "port" for tcp check "${name}"`);
  if (exec && !exec.command) refuse(`plan must set "command" for exec check "${name}"`);
  const context = exec?.['service-context'];
  if (context && !Object.hasOwn(plan.services, context)) {
    refuse(`plan check "${name}" service context specifies non-existent service "${context}"`);
  }
  if ([http, tcp, exec].filter(Boolean).length !== 1) {
    refuse(`plan must specify one of "http", "tcp", or "exec" for check "${name}"`);
  }
}

function validatePlanTarget(plan: Plan, name: string, target: LogTarget): void {
  if (!target.type) {
    refuse(`plan must define "type" ("loki", "opentelemetry" or "syslog") for log target "${name}"`);
  }
  for (const entry of target.services ?? []) {
    const service = entry.replace(/^-/, '');
    if (service !== 'all' && !Object.hasOwn(plan.services, service)) {
      refuse(`log target "${name}" specifies unknown service "${service}"`);
    }
  }
  if (!target.location) refuse(`plan must define "location" for log target "${name}"`);
}

function refuse(message: string): never {
  throw new PlanFormatError(message);
}
