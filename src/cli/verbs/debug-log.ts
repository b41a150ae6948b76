import type { DebugLogParams, LogLine } from '../../controller/api.ts';
import { wantsColour } from '../colour.ts';
import { refuseExtra, usageError } from '../failure.ts';
import { isApplicationName, isUnitName, unitTag } from '../names.ts';
import { chosenFormat } from '../output.ts';
import type { Invocation, Verb } from '../verb.ts';

const collect = (word: string, before: string[] = []) => [...before, word];
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;
const levelColours: Readonly<Record<string, string>> = {
  DEBUG: '\x1b[32m',
  INFO: '\x1b[94m',
  WARNING: '\x1b[33m',
  ERROR: '\x1b[91m',
  CRITICAL: '\x1b[37;41m',
};

export const verb: Verb = {
  args: '',
  purpose: 'Show the log of the model.',
  details: `
Follows the log when stdout is a terminal. An entity is a name such as unit-app-0, in which * stands for anything, a unit such as
app/0, or an application for all its units.`,
  examples: [
    'debug-log',
    'debug-log --replay --no-tail --level WARNING',
    'debug-log -n 50 --include temporal-worker-k8s/0 --include-module unit.temporal-worker-k8s/0.juju-log',
  ],
  options(command) {
    command
      .option('-i, --include <entity>', 'only lines of these entities; may be repeated', collect)
      .option('-x, --exclude <entity>', 'no lines of these entities; may be repeated', collect)
      .option('--include-module <module>', 'only lines of modules that begin so; may be repeated', collect)
      .option('--exclude-module <module>', 'no lines of modules that begin so; may be repeated', collect)
      .option('-l, --level <level>', `this level and above: ${levels.join(', ')}`)
      .option('-n, --lines <n>', 'begin with so many of the newest lines (default 10)')
      .option('--limit <n>', 'show so many of the newest lines, then end')
      .option('--replay', 'begin with the whole log')
      .option('--tail', 'go on with new lines; the default on a terminal')
      .option('--no-tail', 'end after the lines that are there')
      .option('--format <format>', 'output format: text | json (default text)')
      .option('--date', 'show dates as well as times')
      .option('--ms', 'show times to the millisecond')
      .option('--utc', 'show times in UTC')
      .option('--location', 'accepted for Juju')
      .option('--color', 'use colours even if stdout is no terminal')
      .option('--no-color', 'use no colours')
      .option('--retry', 'accepted for Juju');
    // The two set one value, the last one wins; that both were given is to be refused.
    command.on('option:tail', () => command.setOptionValue('askedToFollow', true));
    command.on('option:no-tail', () => command.setOptionValue('askedToEnd', true));
  },
  async run(call) {
    refuseExtra(call.args, 0);
    const format = chosenFormat(call, 'text', ['json']);
    const params = readParams(call);
    const colour = format === 'text' && wantsColour(call);
    const onEvent = (line: LogLine) =>
      call.out(format === 'json' ? `${JSON.stringify(line)}\n` : textLine(line, call.options, colour));
    try {
      await call.client.call('debugLog', params, { onEvent, signal: call.signal });
    } catch (error) {
      if (!call.signal.aborted) throw error;
    }
    return 0;
  },
};

function readParams(call: Invocation): DebugLogParams {
  const { options } = call;
  if (options.askedToFollow && options.askedToEnd) throw usageError('setting --tail and --no-tail not valid');
  if (options.askedToEnd && options.retry) throw usageError('setting --no-tail and --retry not valid');
  const limit = count(options.limit, 'limit', 0);
  const entities = (given: unknown) =>
    ((given as string[] | undefined) ?? []).map((text) => {
      const name = entityName(text);
      if (name === undefined)
        call.info(`WARNING "${text}" was not recognised as a valid application, machine or unit name`);
      return name ?? text;
    });
  return {
    include: entities(options.include),
    exclude: entities(options.exclude),
    includeModule: (options.includeModule as string[] | undefined) ?? [],
    excludeModule: (options.excludeModule as string[] | undefined) ?? [],
    level: levelOf(options.level),
    backlog: options.replay ? -1 : limit > 0 ? limit : count(options.lines, 'lines', 10),
    limit,
    follow: limit > 0 ? false : typeof options.tail === 'boolean' ? options.tail : call.stdout.isTTY === true,
  };
}

function levelOf(given: unknown): DebugLogParams['level'] {
  if (given === undefined) return 'TRACE';
  const level = levels.find(
    (one) => one === String(given).toUpperCase() || (one === 'WARNING' && /^warn$/i.test(String(given))),
  );
  if (!level) throw usageError(`level value "${given}" is not one of ${levels.map((one) => `"${one}"`).join(', ')}`);
  return level;
}

function count(given: unknown, option: string, fallback: number): number {
  if (given === undefined) return fallback;
  if (!/^\d+$/.test(String(given)))
    throw usageError(`invalid value "${given}" for option --${option} (a number from 0)`);
  return Number(given);
}

/** Juju's reading of `--include`: a tag or pattern as it is, a unit by its tag, an application as all its units; else nothing. */
function entityName(text: string): string | undefined {
  if (text.includes('*') || /^(unit|application|machine|controller|model)-/.test(text)) return text;
  if (isUnitName(text)) return unitTag(text);
  return isApplicationName(text) ? `unit-${text}-*` : undefined;
}

/** `unit-worker-0: 03:04:05 INFO unit.worker/0.juju-log text`. */
export function textLine(line: LogLine, options: Readonly<Record<string, unknown>>, colour: boolean): string {
  const level = colour ? `${levelColours[line.level] ?? ''}${line.level}\x1b[0m` : line.level;
  return `${line.entity}: ${clock(line.time, options)} ${level} ${line.module} ${line.message}\n`;
}

function clock(time: string, options: Readonly<Record<string, unknown>>): string {
  const moment = new Date(time);
  const shifted = options.utc ? moment : new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  const [date = '', rest = ''] = shifted.toISOString().slice(0, -1).split('T');
  return `${options.date ? `${date} ` : ''}${options.ms ? rest : rest.slice(0, 8)}`;
}
