import type { Status } from '../../controller/api.ts';
import { wantsColour } from '../colour.ts';
import { parseDuration } from '../duration.ts';
import { usageError } from '../failure.ts';
import { goJson } from '../json.ts';
import { chosenFormat, formatOptions, writeData } from '../output.ts';
import type { Invocation, Verb } from '../verb.ts';

const others = ['json', 'line', 'oneline', 'short', 'summary', 'yaml'];

export const verb: Verb = {
  args: '[<selector> ...]',
  purpose: 'Report the status of the model, its applications and units.',
  details: `
A selector is the name of an application or unit, in which * stands for anything, or a status word such as active or
blocked. With selectors only what matches is shown.

--watch draws the picture again whenever the model changes, and at least so often.`,
  examples: ['status', 'status --watch 2s', 'status temporal-worker-k8s --format json', 'status --relations blocked'],
  options(command) {
    formatOptions(command, 'tabular', others);
    command
      .option('--relations', 'show the relations in tabular output')
      .option('--integrations', 'the same as --relations')
      .option('--storage', 'show the storage in tabular output')
      .option('--utc', 'show times in UTC')
      .option('--watch <duration>', 'show the status again and again, for example every 2s')
      .option('--color', 'use colours even if stdout is no terminal')
      .option('--no-color', 'use no colours')
      .option('--retry-count <n>', 'accepted for Juju; calls on this machine are not repeated')
      .option('--retry-delay <duration>', 'accepted for Juju; calls on this machine are not repeated');
  },
  async run(call) {
    const format = chosenFormat(call, 'tabular', others);
    if (typeof call.options.watch !== 'string') {
      const status = await readStatus(call);
      writeData(call, await render(call, status, format));
      tellIfEmpty(call, status, format);
      return 0;
    }
    const intervalMs = parseDuration(call.options.watch, 'watch');
    if (intervalMs < 100)
      throw usageError(`invalid value "${call.options.watch}" for option --watch: too often (100ms or more)`);
    const { drawLive } = await import('../status/live.ts');
    if (call.stdout.isTTY) call.out('\x1b[2J');
    await drawLive(call, intervalMs, async () => render(call, await readStatus(call), format));
    return 0;
  },
};

async function readStatus(call: Invocation): Promise<Status> {
  const status = await call.client.call('status', { selectors: [...call.args] });
  if (call.options.utc || /^(1|t|true)$/i.test(call.env.JUJU_STATUS_ISO_TIME ?? '')) return status;
  return (await import('../status/times.ts')).inLocalTime(status);
}

async function render(call: Invocation, status: Status, format: string): Promise<string> {
  const { integrations: _table, ...juju } = status;
  switch (format) {
    case 'json':
      return goJson(juju);
    case 'yaml':
      return (await import('../yaml.ts')).goYaml(juju);
    case 'summary':
      return (await import('../status/brief.ts')).statusSummary(status);
    case 'tabular': {
      const { statusTable } = await import('../status/tabular.ts');
      const relations = call.options.relations === true || call.options.integrations === true;
      const storage = call.options.storage === true;
      return statusTable(status, { relations, storage, colour: wantsColour(call) });
    }
    default:
      return (await import('../status/brief.ts')).statusLines(status);
  }
}

function tellIfEmpty(call: Invocation, status: Status, format: string): void {
  if (Object.keys(status.applications).length > 0) return;
  if (call.args.length > 0) call.info(`Nothing matched specified filter${call.args.length === 1 ? '' : 's'}.`);
  else if (format === 'tabular') call.info(`\nModel "admin/${status.model.name}" is empty.`);
  else call.info(`Model "admin/${status.model.name}" is empty.`);
}
