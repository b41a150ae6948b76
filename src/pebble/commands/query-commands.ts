import type { Change, CheckInfo } from '../types.ts';
import { expectArguments, UsageError } from './arguments.ts';
import { type CommandContext, formatOption, inFormat, type PebbleCommand, printed, timeOption } from './command.ts';
import { renderTable, renderTime } from './table.ts';

const ruler = '......................................................................';

/** The commands that only ask. */
export const queryCommands: Readonly<Record<string, PebbleCommand>> = {
  plan: {
    summary: 'Show the plan with layers combined',
    usage: 'pebble plan',
    options: {},
    async run(args, { client }) {
      expectArguments(args, []);
      return printed(await client.plan());
    },
  },
  services: {
    summary: 'Query the status of configured services',
    usage: 'pebble services [--abs-time] [--format=<format>] [<service>...]',
    options: { ...timeOption, ...formatOption },
    async run(args, { client, now }) {
      const services = await client.services(args.positional);
      const byName = Object.fromEntries(services.map((service) => [service.name, service]));
      return inFormat(args.value('format'), { services: byName }, () => {
        if (services.length === 0) {
          return printed('', args.positional.length === 0 ? 'Plan has no services.\n' : 'No matching services.\n');
        }
        const rows = services.map(({ name, startup, current, 'current-since': since }) => {
          return [name, startup, current, renderTime(since, { absolute: args.has('absTime'), now })];
        });
        return printed(renderTable([['Service', 'Startup', 'Current', 'Since'], ...rows]));
      });
    },
  },
  logs: {
    summary: 'Fetch service logs',
    usage: 'pebble logs [-f] [-n <n>] [--format=<format>] [<service>...]',
    options: {
      follow: { short: 'f', long: 'follow' },
      n: { short: 'n', value: true },
      format: { long: 'format', value: true, choices: ['text', 'json'] },
    },
    async run(args, { client }) {
      const n = logCount(args.value('n'));
      const entries = await client.logs({ services: args.positional, n });
      return printed(entries.map((entry) => renderLogEntry(entry, args.value('format'))).join(''));
    },
  },
  changes: {
    summary: 'List system changes',
    usage: 'pebble changes [--abs-time] [--format=<format>] [<service>]',
    options: { ...timeOption, ...formatOption },
    async run(args, { client, now }) {
      expectArguments(args, [], { atMost: 1 });
      const [service] = args.positional;
      if (service !== undefined && /^\d+$/.test(service)) {
        throw new UsageError(`'pebble changes' command expects a service name, try 'pebble tasks ${service}'`);
      }
      const changes = await client.changes({ select: 'all', ...(service === undefined ? {} : { service }) });
      changes.sort(bySpawn);
      return inFormat(args.value('format'), { changes }, () => {
        if (changes.length === 0) return printed('', 'no changes found\n');
        const absolute = args.has('absTime');
        const rows = changes.map((change) => [
          change.id,
          change.status,
          renderTime(change['spawn-time'], { absolute, now }),
          renderTime(change['ready-time'], { absolute, now }),
          change.summary,
        ]);
        return printed(`${renderTable([['ID', 'Status', 'Spawn', 'Ready', 'Summary'], ...rows])}\n`);
      });
    },
  },
  tasks: {
    summary: "List a change's tasks",
    usage: 'pebble tasks [--abs-time] [--format=<format>] <change-id>',
    options: { ...timeOption, ...formatOption, last: { long: 'last', value: true } },
    async run(args, context) {
      expectArguments(args, [], { atMost: 1 });
      const change = await askedChange(args.positional[0], args.value('last'), context);
      if (change === null) return printed('');
      return inFormat(args.value('format'), change, () => {
        return printed(renderTasks(change, { absolute: args.has('absTime'), now: context.now }));
      });
    },
  },
  checks: {
    summary: 'Query the status of configured health checks',
    usage: 'pebble checks [--level=<level>] [--format=<format>] [<check>...]',
    options: { ...formatOption, level: { long: 'level', value: true, choices: ['alive', 'ready'] } },
    async run(args, { client }) {
      const level = args.value('level') as 'alive' | 'ready' | undefined;
      const checks = await client.checks({ ...(level ? { level } : {}), names: args.positional });
      const lastLogs = await Promise.all(checks.map((check) => changeColumn(check, client)));
      const byName = Object.fromEntries(checks.map((check) => [check.name, check]));
      return inFormat(args.value('format'), { checks: byName }, () => {
        if (checks.length === 0) {
          const all = args.positional.length === 0 && level === undefined;
          return printed('', all ? 'Plan has no health checks.\n' : 'No matching health checks.\n');
        }
        const rows = checks.map((check, index) => {
          const active = check.status !== 'inactive';
          const successes = check.successes === undefined ? '?' : active ? String(check.successes) : '-';
          const failures = active ? `${check.failures ?? 0}/${check.threshold}` : '-';
          return [
            check.name,
            check.level ?? '-',
            check.startup,
            check.status,
            successes,
            failures,
            lastLogs[index] ?? '-',
          ];
        });
        const head = ['Check', 'Level', 'Startup', 'Status', 'Successes', 'Failures', 'Change'];
        return printed(renderTable([head, ...rows]));
      });
    },
  },
  health: {
    summary: 'Query health of checks',
    usage: 'pebble health [--level=<level>] [--format=<format>] [<check>...]',
    options: { ...formatOption, level: { long: 'level', value: true, choices: ['alive', 'ready'] } },
    async run(args, { client }) {
      const level = args.value('level') as 'alive' | 'ready' | undefined;
      const healthy = await client.health({ ...(level ? { level } : {}), names: args.positional });
      return inFormat(args.value('format'), { healthy }, () => {
        return printed(healthy ? 'healthy\n' : 'unhealthy\n', '', healthy ? 0 : 1);
      });
    },
  },
};

/** The line of a log entry as `pebble logs` prints it. */
export function renderLogEntry(
  entry: { time: string; service: string; message: string },
  format: string | undefined,
): string {
  if (format === 'json') return `${JSON.stringify(entry)}\n`;
  return `${entry.time} [${entry.service}] ${entry.message}\n`;
}

/** The `-n` of `pebble logs`: 30 by default, -1 for `all`. */
export function logCount(text: string | undefined): number {
  if (text === undefined) return 30;
  if (text === 'all') return -1;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`expected n to be a non-negative integer or "all", not "${text}"`);
}

/** Oldest first; of those of the same instant the one with the smaller number. */
function bySpawn(a: Change, b: Change): number {
  if (a['spawn-time'] !== b['spawn-time']) return a['spawn-time'] < b['spawn-time'] ? -1 : 1;
  return Number(a.id) - Number(b.id);
}

async function askedChange(
  id: string | undefined,
  last: string | undefined,
  { client }: CommandContext,
): Promise<Change | null> {
  if (id === undefined && last === undefined)
    throw new UsageError('please provide change ID or type with --last=<type>');
  if (id !== undefined && last !== undefined) throw new UsageError('cannot use change ID and type together');
  if (id !== undefined) return client.change(id);
  const optional = last?.endsWith('?') ?? false;
  const kind = optional ? last?.slice(0, -1) : last;
  const found = (await client.changes({ select: 'all' }))
    .filter((change) => change.kind === kind)
    .sort(bySpawn)
    .at(-1);
  if (found || optional) return found ?? null;
  throw new UsageError(`no changes of type "${last}" found`);
}

function renderTasks(change: Change, time: { absolute: boolean; now: Date }): string {
  const tasks = change.tasks ?? [];
  const rows = tasks.map((task) => [
    task.status,
    renderTime(task['spawn-time'], time),
    renderTime(task['ready-time'], time),
    task.summary,
  ]);
  const logs = tasks.flatMap((task) => (task.log ? [`\n${ruler}\n${task.summary}\n\n${task.log.join('\n')}\n`] : []));
  return `${renderTable([['Status', 'Spawn', 'Ready', 'Summary'], ...rows])}${logs.join('')}\n`;
}

/** A check's change, with the newest line of its log when it fails. */
async function changeColumn(check: CheckInfo, client: CommandContext['client']): Promise<string> {
  const id = check['change-id'];
  if (id === undefined) return '-';
  if (!check.failures) return id;
  for (const from of [id, check['prev-change-id']]) {
    if (from === undefined) continue;
    const log = (await client.change(from)).tasks?.[0]?.log?.at(-1);
    if (log === undefined) continue;
    const text = log.split(' ').slice(2).join(' ').replaceAll('\n', '\\n');
    const more = `... run "pebble tasks ${from}" for more`;
    return `${id} (${text.length > 70 ? text.slice(0, 70 - more.length) + more : text})`;
  }
  return id;
}
